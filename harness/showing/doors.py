"""What changed from one build to the next, probe by probe: doors that were closed, and how."""

from collections.abc import Sequence
from dataclasses import dataclass

from harness.showing.probing import Shown, Told

ENTERED = frozenset({"got in", "leaked", "weak"})
REFUSED, BROKEN, MENDED, GONE = "closed", "crashes", "mended", "gone"
HOWS = {
    REFUSED: "refused now",
    BROKEN: "stopped by a server error",
    MENDED: "refused without a server error",
    GONE: "no longer offered",
}
"""What became of a probe, and what is meant by the word."""


@dataclass(frozen=True, slots=True)
class Closed:
    """Probes of one family that had an effect on a build, or broke it, and that the next one stopped in one way."""

    api: str
    family: str
    how: str
    """One of `HOWS`."""
    probes: tuple[Told, ...]

    @property
    def mutations(self) -> tuple[str, ...]:
        """The names of what no longer works."""
        return tuple(dict.fromkeys(one.mutation for one in self.probes))


def closed(before: Shown, after: Shown) -> list[Closed]:
    """The doors of an API that a build closed, by family and by how."""
    found: dict[tuple[str, str], list[Told]] = {}
    for name, was in before.told.items():
        how = _how(was, after.told.get(name), was.operation in after.operations)
        if how:
            found.setdefault((was.family, how), []).append(was)
    keys = sorted(found, key=lambda key: list(HOWS).index(key[1]))
    return [Closed(before.api, family, how, tuple(found[family, how])) for family, how in keys]


def still(shown: Shown) -> list[tuple[str, str, Sequence[Told]]]:
    """What a build still shows: family, word and probes."""
    found: dict[tuple[str, str], list[Told]] = {}
    for one in shown.told.values():
        if one.word:
            found.setdefault((one.family, one.word), []).append(one)
    return [(family, word, probes) for (family, word), probes in found.items()]


def _how(was: Told, now: Told | None, offered: bool) -> str:
    """How a probe was stopped; empty where it was not, or where that could not be told."""
    if was.word in ENTERED:
        if now is None:
            return "" if offered else GONE
        if now.word == "crashed":
            return BROKEN
        return REFUSED if now.in_vain else ""
    return MENDED if was.word == "crashed" and now is not None and now.in_vain else ""
