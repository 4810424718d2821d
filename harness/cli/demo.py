"""`holdfast demo`."""

from pathlib import Path

import click

from harness.cli.common import bundled, told
from harness.errors import UsageError


@click.command(short_help="Walk the embedded API through python.org's fixes.")
@click.option("--full", is_flag=True, help="Send every probe; it takes some ten minutes.")
@click.option("--page", is_flag=True, help="Print it as a page of Markdown.")
@click.option("--serve", "build", metavar="BUILD", help="Only serve this build until Ctrl-C, to try things on.")
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="Port for --serve (default: a free one).")
@click.option("--keys", type=click.Path(path_type=Path, dir_okay=False), help="Where --serve writes the keys.")
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), help="Keep the reports in this folder.")
@told
def demo(full: bool, page: bool, build: str | None, port: int, keys: Path | None, out: Path | None) -> int:
    """Walk the embedded release API through python.org's fixes, and show which doors each of them closed."""
    from harness import showing

    if build is None and (keys or port):
        raise UsageError("--keys and --port: are for --serve BUILD; name one, or leave them out")
    if build is not None and (full or page or out):
        raise UsageError("--serve: only serves, and sends nothing; leave --full, --page and --out away")
    if build is not None:
        return showing.serve(build, port, keys)
    return showing.walk(bundled("targets").resolve(), bundled("suites").resolve(), out, full=full, page=page)
