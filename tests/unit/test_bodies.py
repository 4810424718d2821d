"""JSON bodies: what every reader reads alike is read, the rest is rejected with a reason that quotes nothing."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.bodies import DEPTH, DIGITS, VALUES, JsonRejected, bounded_json

REJECTED = {
    b"": "not JSON",
    b"{": "not JSON",
    b"[1,]": "not JSON",
    b"{'a': 1}": "not JSON",
    b"[1] [2]": "not JSON",
    b'["\n"]': "not JSON",
    b"[01]": "not JSON",
    b"\xef\xbb\xbf[]": "not JSON",
    b'"\xff"': "not UTF-8",
    b'"\xed\xa0\x80"': "not UTF-8",
    "[]".encode("utf-16"): "not UTF-8",
    b"NaN": "NaN or an infinity",
    b"[Infinity]": "NaN or an infinity",
    b'{"a": -Infinity}': "NaN or an infinity",
    b"1e999999": "a number overflows",
    b"[-1e400]": "a number overflows",
    b"1" * (DIGITS + 1): "a number is too long",
    b"0." + b"1" * DIGITS: "a number is too long",
    b"9" * 1_000_000: "a number is too long",
    b'{"a": 1, "a": 1}': "a key is given twice",
    rb'[{"b": {"a": 1, "\u0061": 2}}]': "a key is given twice",
    b"[" * (DEPTH + 1) + b"]" * (DEPTH + 1): "nested too deeply",
    b'{"a":' * (DEPTH + 1) + b"1" + b"}" * (DEPTH + 1): "nested too deeply",
    b"[" * 1_000_000: "nested too deeply",
    b"[" * 100_000 + b"]" * 100_000: "nested too deeply",
    b"[" + b"[]," * (VALUES + 1) + b"[]]": "too many values",
}


@pytest.mark.parametrize(("body", "reason"), REJECTED.items(), ids=range(len(REJECTED)))
def test_what_readers_differ_on_is_rejected(body: bytes, reason: str) -> None:
    with pytest.raises(JsonRejected) as caught:
        bounded_json(body)
    assert str(caught.value) == reason
    assert caught.value.__suppress_context__ or caught.value.__context__ is None


@pytest.mark.parametrize(
    ("body", "value"),
    [
        (b" null ", None),
        (b"[]", []),
        (b"[" * DEPTH + b"]" * DEPTH, json.loads("[" * DEPTH + "]" * DEPTH)),
        (b"[" + b"[]," * DEPTH + b"[]]", [[]] * (DEPTH + 1)),
        (b"9" * DIGITS, int("9" * DIGITS)),
        (b"1e308", 1e308),
        ('"é\\u0000"'.encode(), "é\0"),
    ],
    ids=range(7),
)
def test_what_lies_within_the_bounds_is_read(body: bytes, value: Any) -> None:
    assert bounded_json(body) == value


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@given(JSON)
def test_it_agrees_with_the_standard_reader(value: Any) -> None:
    text = json.dumps(value, ensure_ascii=True)
    assert bounded_json(text.encode()) == json.loads(text)


@given(st.binary() | st.text('[]{}",:0123456789.eE-tfn\\u ').map(str.encode))
def test_no_bytes_make_it_raise_anything_else(body: bytes) -> None:
    try:
        value = bounded_json(body)
    except JsonRejected:
        return
    assert value == json.loads(body)
