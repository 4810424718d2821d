"""A line that shows how far a run has come."""

from types import TracebackType
from typing import Self

from rich import progress
from rich.console import Console


class Progress:
    """Counts probes as they are sent. Silent where nobody is watching."""

    def __init__(self, console: Console, total: int) -> None:
        self._sent: set[str] = set()
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
        self._task = self._bar.add_task("probes", total=total)

    def __enter__(self) -> Self:
        self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._bar.stop()

    def advance(self, probe: str) -> None:
        """A probe was sent, or sent again."""
        self._sent.add(probe)
        self._bar.update(self._task, completed=len(self._sent), description=f"probes · {probe.partition('/')[0]}")
