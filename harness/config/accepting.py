"""The words of `accept`: findings that an owner bears for a while, by name."""

import re
from datetime import UTC, date, datetime, timedelta
from typing import Annotated, Literal

from pydantic import AfterValidator, PlainSerializer, PlainValidator, WithJsonSchema
from pydantic import Field as Word

from harness.config import shapes
from harness.config.patterns import reaches
from harness.config.words import Words
from harness.model import Json

DAYS = 180
"""How far ahead the last day of an acceptance may lie."""
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_PROBE = re.compile(r"[a-z0-9][a-z0-9-]*/.+")


def today() -> date:
    """The day in UTC, which is the same for everybody."""
    return datetime.now(UTC).date()


def _day(value: Json) -> date:
    try:
        day = date.fromisoformat(value) if isinstance(value, str) and _DAY.fullmatch(value) else None
    except ValueError:
        day = None
    if day is None:
        raise shapes.fault("must be a day, like 2027-03-31")
    last = today() + timedelta(days=DAYS)
    if day > last:
        raise shapes.fault(f"is more than {DAYS} days ahead; write {last} or an earlier day")
    return day


def _probe(value: str) -> str:
    if not _PROBE.fullmatch(value):
        raise shapes.fault("must be the id of a probe, its family written out, like 'guest-write/*[POST /things/]'")
    return value


Day = Annotated[
    date,
    PlainValidator(_day),
    PlainSerializer(str),
    WithJsonSchema({"type": "string", "pattern": f"^{_DAY.pattern}$"}),
]
ProbePattern = Annotated[shapes.Text, AfterValidator(_probe)]


class Acceptance(Words):
    """A finding that does not fail a run until a day."""

    probe: ProbePattern = Word(examples=["guest-write/*[POST /things/]"])
    """Id of a probe, in which `*` is anything but a slash and `**` anything at all."""
    verdict: Literal["BYPASSED", "LEAKED", "CRASHED", "WEAK"] = Word(examples=["WEAK"])
    effect: tuple[shapes.Text, ...] | None = None
    """What was seen when it was accepted. None: what the operation itself does, to the object that it names."""
    reason: shapes.Text = Word(examples=["known, and mended with the next release"])
    owner: shapes.Text = Word(examples=["web team"])
    expires: Day = Word(examples=["2027-03-31"])
    """The last day on which it counts."""

    def names(self, probe: str) -> bool:
        """Whether a probe of this id is meant."""
        return reaches(self.probe, probe)
