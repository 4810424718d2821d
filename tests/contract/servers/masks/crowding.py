"""What goes wrong only while several requests are under way, or while others are written to: no fault of a probe."""

import json
import time
from collections import Counter
from threading import Lock

from werkzeug import Response

from ..answers import problem
from ..calls import Call
from ..shop import Handler, Shop
from .registry import mask


@mask
def busy_for_others(shop: Shop) -> None:
    """Others' writes are answered 503 while anything else is under way."""
    lock, under_way = Lock(), Counter[str]()

    def around(call: Call, proceed: Handler) -> Response:
        with lock:
            under_way["now"] += 1
        try:
            time.sleep(0.004)
            if call.others_write and under_way["now"] > 1:
                return problem(503, "busy")
            return proceed(call)
        finally:
            with lock:
                under_way["now"] -= 1

    shop.wrap(around)


@mask
def counts_parts(shop: Shop) -> None:
    """Every tool that was there at the start shows how often parts were written to."""
    written, there = Counter[str](), frozenset(shop.store.read()["tools"])

    def around(call: Call, proceed: Handler) -> Response:
        written["parts"] += call.writes and call.path.startswith("/api/parts")
        response = proceed(call)
        if not call.writes and call.path.startswith("/api/tools") and response.status_code == 200:
            _show(response, there, written["parts"])
        return response

    shop.wrap(around)


def _show(response: Response, there: frozenset[int], count: int) -> None:
    told = json.loads(response.get_data())
    for row in told.get("items", [told]):
        if row["id"] in there:
            row["parts_written"] = count
    response.set_data(json.dumps(told))
