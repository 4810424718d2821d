"""`holdfast proof`."""

import click

from harness.cli.common import told


@click.command(short_help="Make a token by which the owner of a host allows it.")
@told
def proof() -> int:
    """Make a token by which the owner of a host says that it may be tested."""
    from harness.engine.sending.consent import HEADER, PLACE, new_proof

    click.echo(new_proof())
    click.echo(
        f"Serve it at {PLACE} of the target's host, alone on a line, or in a header {HEADER} of that answer;\n"
        "write it into the target file, as `proof: TOKEN`, or `proof: ${HOLDFAST_PROOF}` with that variable set.",
        err=True,
    )
    return 0
