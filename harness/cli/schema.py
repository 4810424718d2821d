"""`holdfast schema`."""

import json

import click

from harness.cli.common import told


@click.command()
@told
def schema() -> int:
    """Print the JSON Schema of target files, for editors."""
    from harness.config import schema_of_targets

    click.echo(json.dumps(schema_of_targets(), indent=2))
    return 0
