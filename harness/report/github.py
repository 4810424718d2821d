"""What a run found, for GitHub Actions: annotations in the log, and the summary of the step."""

from collections.abc import Mapping
from pathlib import Path
from typing import TextIO

from harness.engine import Opened, Results
from harness.errors import UsageError
from harness.report import markdown
from harness.report.doors import Door, doors
from harness.report.facts import is_finding
from harness.report.failure import headline
from harness.report.sarif import place
from harness.report.text import safe

ANNOTATIONS = 10
"""Of one kind that GitHub shows of a step."""
SUMMARY = 1024 * 1024 - 16 * 1024
"""Bytes that all summaries of a step may have together: one byte over 1 MiB, and GitHub drops them all."""
LEAST = 4 * 1024
"""Bytes in which a summary still says what counts."""


def annotations(results: Results, opened: Opened) -> list[str]:
    """A workflow command for each of the ten gravest doors, at the operation that it was first found by."""
    failing = [one for one in results.judged.values() if is_finding(one.verdict)]
    names = {name: resource.name for name, (resource, _) in opened.graph.roles.items()}
    return [_annotation(door, opened) for door in doors(failing, is_finding, names)[:ANNOTATIONS]]


def summary(results: Results, opened: Opened, most: int = SUMMARY) -> str:
    """The summary of a step as Markdown, in at most `most` bytes."""
    return markdown.text(results, opened, most)


def write(results: Results, opened: Opened, environment: Mapping[str, str], out: TextIO) -> None:
    """Prints the annotations, and appends the summary to the file that `GITHUB_STEP_SUMMARY` names, if it does.

    Where other commands of the step have filled that file, the summary is left out. Raises UsageError where the file
    cannot be written.
    """
    for line in annotations(results, opened):
        print(line, file=out)
    name = environment.get("GITHUB_STEP_SUMMARY")
    if not name:
        return
    path = Path(name)
    try:
        room = SUMMARY - (path.stat().st_size if path.exists() else 0)
        if room >= LEAST:
            with path.open("a", encoding="utf-8", newline="\n") as file:
                file.write(summary(results, opened, room))
    except OSError as error:
        raise UsageError(f"{path}: cannot be written: {error.strerror}; check GITHUB_STEP_SUMMARY") from None


def _annotation(door: Door, opened: Opened) -> str:
    file, line = place(opened, door.example.probe.operation)
    title = safe(f"{door.outcome}: {door.family} as {door.identity}")
    operation = safe(door.example.probe.operation.name)
    # The doors are those of the findings alone: how many mutations were tried is not known here.
    hits = f"{door.hits} mutation{'' if door.hits == 1 else 's'}"
    text = f"{headline(door.example)}. {operation}; in all {safe(door.where)} by {hits}"
    return f"::error file={_property(file)},line={line},title={_property(title)}::{_data(text)}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
