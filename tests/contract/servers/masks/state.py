"""Effects behind a refusal, effects that come late, and readers that do not show what was done."""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace

from werkzeug import Response

from ..answers import problem
from ..calls import Call
from ..shop import Handler, Shop
from ..store import FIRST
from .registry import mask


def _do_and_deny(call: Call, proceed: Handler) -> Response:
    if not call.others_write:
        return proceed(call)
    proceed(call.trusted())
    return problem(401)


@mask
def writes_then_401(shop: Shop) -> None:
    """Others' writes are done, and answered 401."""
    shop.wrap(_do_and_deny)


@mask
def late_effect(shop: Shop) -> None:
    """Others' writes are done, and answered 401; reads show the state of 2 s ago, admin's writes included."""
    shop.wrap(_do_and_deny)
    _read_as_of(shop, lambda: shop.settings.clock() - shop.settings.late_effect)


@mask
def late_bypass_only(shop: Shop) -> None:
    """Others' writes are answered 401, and done 1 s later; admin's are done at once."""
    waiting: list[tuple[float, Callable[[], Response]]] = []

    def settle() -> None:
        with shop.lock:
            while waiting and waiting[0][0] <= shop.settings.clock():
                waiting.pop(0)[1]()

    def around(call: Call, proceed: Handler) -> Response:
        if not call.others_write:
            return proceed(call)
        with shop.lock:
            waiting.append((shop.settings.clock() + shop.settings.late_bypass, lambda: proceed(call.trusted())))
        return problem(401)

    shop.settlers.append(settle)
    shop.wrap(around)


@mask
def blind_reader(shop: Shop) -> None:
    """Reads show the state at start for ever; writes work."""
    _read_as_of(shop, lambda: FIRST)


@mask
def cached_reader(shop: Shop) -> None:
    """Reads show the state of 30 s ago, and say so with `Age: 30`."""
    _read_as_of(shop, lambda: shop.settings.clock() - shop.settings.cache_age)

    def around(call: Call, proceed: Handler) -> Response:
        response = proceed(call)
        if not call.writes:
            response.headers["Age"] = str(shop.settings.cache_age)
        return response

    shop.wrap(around)


@mask
def bump_updated_at(shop: Shop) -> None:
    """A write that others are refused still renews `updated_at` of its object, and counts it in a field `hits`."""
    hits: Counter[tuple[str, int]] = Counter()

    def around(call: Call, proceed: Handler) -> Response:
        resource, _, number = call.path.removeprefix("/api/").partition("/")
        if call.others_write:
            with shop.store.lock:
                rows = shop.store.read().get(resource, {})
                for row_id, row in rows.items():
                    if str(row_id) == number:
                        hits[resource, row_id] += 1
                        shop.store.save(resource, row_id, {**row, "hits": hits[resource, row_id]})
        return proceed(call)

    shop.wrap(around)


def _read_as_of(shop: Shop, moment: Callable[[], float]) -> None:
    shop.wrap(lambda call, proceed: proceed(call if call.writes else replace(call, as_of=moment())))
