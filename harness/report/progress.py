"""A line that shows how far a run has come."""

from types import TracebackType
from typing import Self

from rich import progress
from rich.console import Console


class Watch:
    """Shows that a target is waited for: a line that changes where somebody is watching, else one for each reason."""

    def __init__(self, console: Console, seconds: float) -> None:
        self._console = console
        self._seconds = seconds
        self._status = console.status("") if console.is_terminal else None
        self._said = ""

    def __call__(self, why: str, since: float) -> None:
        """Why the target is not there, and for how many seconds; no reason where it is."""
        if self._status and why:
            self._status.update(f"waiting for the target ({why}): {since:.0f} of {self._seconds:g} s")
            self._status.start()
        elif self._status:
            self._status.stop()
        elif why and why != self._said:
            self._console.print(f"waiting for the target, {self._seconds:g} s at most: {why}", highlight=False)
        elif self._said and not why:
            self._console.print(f"the target is there after {since:.1f} s", highlight=False)
        self._said = why

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._status:
            self._status.stop()


class Progress:
    """Counts probes as they are sent. Silent where nobody is watching."""

    def __init__(self, console: Console, total: int, what: str = "probes") -> None:
        self._sent: set[str] = set()
        self._what = what
        self._bar = progress.Progress(
            progress.SpinnerColumn(),
            progress.TextColumn("{task.description}"),
            progress.BarColumn(),
            progress.MofNCompleteColumn(),
            progress.TimeElapsedColumn(),
            console=console,
            transient=True,
            disable=not console.is_terminal,
        )
        self._task = self._bar.add_task(what, total=total)

    def __enter__(self) -> Self:
        self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._bar.stop()

    def advance(self, probe: str) -> None:
        """A probe was sent, or sent again; what stands before a slash is shown."""
        self._sent.add(probe)
        self._bar.update(self._task, completed=len(self._sent), description=f"{self._what} · {probe.partition('/')[0]}")
