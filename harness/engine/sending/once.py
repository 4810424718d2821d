"""What is found out once: whoever asks for the same meanwhile waits for the answer."""

from collections.abc import Callable
from threading import Lock
from typing import Generic, TypeVar

_Key = TypeVar("_Key")
_Value = TypeVar("_Value")


class Once(Generic[_Key, _Value]):
    """What is known, by what was asked."""

    def __init__(self, counts: Callable[[_Value], bool] = lambda _: True) -> None:
        """What does not count is given to who asked, and found out anew for the next one."""
        self._counts = counts
        self._known: dict[_Key, _Value] = {}
        self._asked: dict[_Key, Lock] = {}
        self._lock = Lock()

    def get(self, key: _Key, find: Callable[[], _Value]) -> _Value:
        """What `find` gives; called by the first who asks, outside any lock but that of its key."""
        with self._lock:
            asked = self._asked.setdefault(key, Lock())
        with asked:
            if key in self._known:
                return self._known[key]
            found = find()
            if self._counts(found):
                self._known[key] = found
            return found
