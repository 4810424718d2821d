"""What is kept of answers at hand."""

import json
import tracemalloc

from harness.model import Exchange, Request

ASKED = Request("GET", "/things")


def answer(number: int, size: int) -> Exchange:
    return Exchange(
        ASKED, 200, body=json.dumps({"number": number, "rows": [f"{number}-{one}" for one in range(size)]}).encode()
    )


def test_small_answers_that_say_the_same_share_what_they_say() -> None:
    assert answer(1, 3).json is answer(1, 3).json
    assert answer(1, 3).json == {"number": 1, "rows": ["1-0", "1-1", "1-2"]}


def test_large_answers_one_after_the_other_fill_no_memory() -> None:
    tracemalloc.start()
    try:
        assert answer(0, 20_000).json_keys == {"number", "rows"}
        one, _ = tracemalloc.get_traced_memory()
        for number in range(1, 30):
            assert answer(number, 20_000).json_keys == {"number", "rows"}
        assert tracemalloc.get_traced_memory()[0] < 4 * one
    finally:
        tracemalloc.stop()
