"""What a run found, for a person and for a program."""

from collections.abc import Sequence
from pathlib import Path

from harness.engine import Opened, Results
from harness.errors import UsageError
from harness.family import Family
from harness.report.console import summary
from harness.report.facts import fingerprint, whom
from harness.report.failure import failure_text
from harness.report.files import replace_file, write_files
from harness.report.shell import curl

__all__ = ["curl", "failure_text", "fingerprint", "summary", "whom", "write"]


def write(results: Results, opened: Opened, families: Sequence[Family], out: Path) -> None:
    """Writes every report of a run into a folder: JSON with its evidence, HTML, SARIF and Markdown.

    Raises UsageError where that cannot be done.
    """
    # What makes pages takes a while to load, and most commands show none.
    from harness.report import html, markdown, sarif

    write_files(results, opened, out)
    html.write(results, opened, families, out / "report.html")
    sarif.write(results, opened, families, out / "report.sarif")
    try:
        replace_file(out / "report.md", markdown.text(results, opened))
    except OSError as error:
        raise UsageError(f"{out}: cannot be written: {error.strerror}; name another folder with --out") from None
