"""What every build is known to show, read from the table beside this module; and where a run shows something else."""

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TypeAlias

import yaml

from harness.showing.probing import Shown
from harness.showing.steps import BUILDS

FILE = Path(__file__).with_name("expected.yaml")
_SPAN = re.compile(r"(?P<word>[a-z ]+?)(?: from (?P<first>[0-9-]+))?(?: until (?P<end>[0-9-]+))?")

Table: TypeAlias = Mapping[str, Mapping[str, Mapping[str, Sequence[str]]]]
"""Mutations by API, family, and a word with the builds that it is true of."""
Shows: TypeAlias = frozenset[tuple[str, str, str]]
"""Family, mutation and word of what did not simply hold."""


def expected(api: str, build: str, table: Table | None = None) -> Shows:
    """What a build shows on an API."""
    known: Table = yaml.safe_load(FILE.read_text()) if table is None else table
    return frozenset(
        (family, mutation, word)
        for family, spans in known.get(api, {}).items()
        for span, mutations in spans.items()
        for word in _word(span, build)
        for mutation in mutations
    )


def shows(shown: Shown) -> Shows:
    """What a run showed."""
    return frozenset((one.family, one.mutation, one.word) for one in shown.told.values() if one.word)


def differences(shown: Shown, table: Table | None = None, *, full: bool = False) -> list[str]:
    """A line for everything that is not as it should be; empty where all is.

    The table is of the sample; a `full` run asks in more places, and may show more.
    """
    right, is_so = expected(shown.api, shown.build, table), shows(shown)
    where = f"build {shown.build}, {shown.api}"
    lines = [f"{where}: {family}/{name} is not {word}, and should be" for family, name, word in sorted(right - is_so)]
    lines += [
        f"{where}: {family}/{name} is {word}, and should not be"
        for family, name, word in sorted(is_so - right)
        if not full
    ]
    lines += [] if shown.untouched else [f"{where}: rows are not as they were before the run"]
    return [*lines, *(f"{where}: {one}" for one in shown.trouble)]


def _word(span: str, build: str) -> Iterator[str]:
    """The word of a span that takes in this build. ValueError for one that cannot be read."""
    parts = _SPAN.fullmatch(span)
    if parts is None or not {parts["first"], parts["end"]} <= {None, *BUILDS}:
        raise ValueError(f"not a span of builds: {span!r}")
    place = BUILDS.index(build)
    begun = parts["first"] is None or BUILDS.index(parts["first"]) <= place
    if begun and (parts["end"] is None or place < BUILDS.index(parts["end"])):
        yield parts["word"]
