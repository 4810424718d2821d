"""Several requests under way at once, and never more than the target is said to bear."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from queue import Empty, SimpleQueue
from threading import BoundedSemaphore, Condition, Lock, Thread, get_ident
from typing import TypeVar

from harness.model import Exchange, Request, Send

IDLE = 0.5
"""Seconds that a thread waits for more to do."""
_Item = TypeVar("_Item")
_Result = TypeVar("_Result")


class Crowd:
    """Sends, `size` requests at once at most, from however many threads."""

    def __init__(self, send: Send, size: int) -> None:
        self._send = send
        self.size = size
        """May be lowered to 1 before anything is sent at once."""
        self._places, self._count = BoundedSemaphore(size), size
        self._gate, self._inside = Lock(), 0
        self._hands = _Hands(2 * size)

    def __call__(self, request: Request, line: str) -> Exchange:
        if self._inside == get_ident():
            return self._send(request, line)
        with self._places:
            return self._send(request, line)

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Within it, nothing is under way but what this thread sends."""
        with self._gate, ExitStack() as places:
            for _ in range(self._count):
                places.enter_context(self._places)
            self._inside = get_ident()
            try:
                yield
            finally:
                self._inside = 0

    def each(self, work: Callable[[_Item], _Result], items: Sequence[_Item]) -> list[_Result]:
        """What the work gives for each item, in their order; at once where the size allows, else one by one.

        An error in one is raised when all that had begun are done, and nothing more is begun then.
        """
        done, errors = dict[int, _Result](), list[BaseException]()
        waiting, changed, begun = iter(range(len(items))), Condition(), set[int]()

        def help_out() -> None:
            while True:
                with changed:
                    place = None if errors else next(waiting, None)
                    if place is None:
                        return
                    begun.add(place)
                try:
                    found = work(items[place])
                except BaseException as error:
                    errors.append(error)
                    if not isinstance(error, Exception):
                        # Who interrupts a run twice does not want to wait for anything.
                        raise
                else:
                    done[place] = found
                with changed:
                    begun.remove(place)
                    changed.notify_all()

        for _ in range(min(self.size, len(items)) - 1):
            self._hands.take(help_out)
        help_out()
        with changed:
            changed.wait_for(lambda: not begun)
        if errors:
            raise errors[0]
        return [done[place] for place in range(len(items))]


class _Hands:
    """Threads that help. Nobody waits for one of them to begin, so that what they do may ask for help, too."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._queue: SimpleQueue[Callable[[], None]] = SimpleQueue()
        self._lock = Lock()
        self._free = 0
        """Threads that wait, less what waits for a thread."""
        self._count = 0

    def take(self, work: Callable[[], None]) -> None:
        """Gives the work to whoever is free next."""
        with self._lock:
            more = self._free <= 0 and self._count < self._most
            self._count += more
            self._free -= not more
        self._queue.put(work)
        if more:
            Thread(target=self._help, daemon=True).start()

    def _help(self) -> None:
        while True:
            try:
                work = self._queue.get(timeout=IDLE)
            except Empty:
                with self._lock:
                    if self._free > 0:
                        self._free -= 1
                        self._count -= 1
                        return
                continue
            work()
            with self._lock:
                self._free += 1


def broke(exchange: Exchange) -> bool:
    """Whether a request failed in a way that those sent at the same time may be the cause of: it is asked again by
    itself before anything is made of it."""
    return exchange.failure != "budget" and (exchange.status is None or exchange.status >= 500)
