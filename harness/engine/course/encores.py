"""Probes that are sent once more, or several times, where the first time leaves something to be told.

What was let in once is open. But where one of several probes was refused, how all of them fare the next time tells
whether that refusal can be relied on.
"""

from collections.abc import Callable, Mapping, Sequence

from harness.model import FINDINGS, Verdict


class Encores:
    """Which probes of a run wait, and what brings them on."""

    def __init__(self, copies: Mapping[str, Sequence[str]], among: Sequence[Sequence[str]]) -> None:
        """`copies` are the ids that each probe goes by when it is sent again; `among` are groups of probes of which
        none was refused if nothing is to be sent again. Copies of those in no group do not wait.

        All that are grouped belong to the same phase of a run.
        """
        self._copies = copies
        self._among = {name: group for group in among for name in group}
        self._waiting = {one for name in self._among for one in copies[name]}

    @property
    def waiting(self) -> frozenset[str]:
        """Ids of those that were not due so far."""
        return frozenset(self._waiting)

    def due(self, names: Sequence[str], verdict: Callable[[str], Verdict]) -> list[str]:
        """What is to be sent, when the probes of these ids have been judged."""
        groups = {id(self._among[name]): self._among[name] for name in names if name in self._among}
        uncertain = [group for group in groups.values() if any(verdict(one).outcome not in FINDINGS for one in group)]
        found = [one for group in uncertain for name in group for one in self._copies[name] if one in self._waiting]
        self._waiting.difference_update(found)
        return found


NONE = Encores({}, ())
