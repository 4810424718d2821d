"""An entry more in a file: nothing else moves, and what cannot be done is not done."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.documents import append_entry, parse

ENTRY = {"probe": "a/b[GET /x *]", "effect": ["any-change"], "reason": 'it\'s "so": # not a comment', "n": "2027-01-01"}
LINE = r"""{probe: "a/b[GET /x *]", effect: ["any-change"], reason: "it's \"so\": # not a comment", n: "2027-01-01"}"""
CASES = {
    "no list yet": ("a: 1  # one\n", f"a: 1  # one\naccept:\n  - {LINE}\n"),
    "no newline at the end": ("a: 1", f"a: 1\naccept:\n  - {LINE}\n"),
    "windows": ("a: 1\r\nb: 2\r\n", f"a: 1\r\nb: 2\r\naccept:\r\n  - {LINE}\r\n"),
    "a mark first": ("\ufeffa: 1\n", f"\ufeffa: 1\naccept:\n  - {LINE}\n"),
    "an empty list": ("accept: []  # none\nb: 2\n", f"accept: [{LINE}]  # none\nb: 2\n"),
    "in a line": ("accept: [{x: 1}]\n", f"accept: [{{x: 1}}, {LINE}]\n"),
    "behind the last": (
        "accept:\n# first\n- x: 1\n  y: 2 # why\n# of b\nb: 2\n",
        f"accept:\n# first\n- x: 1\n  y: 2 # why\n- {LINE}\n# of b\nb: 2\n",
    ),
    "indented, at the end": ("accept:\n    - {x: 1}", f"accept:\n    - {{x: 1}}\n    - {LINE}\n"),
    "behind a block of text": (
        "accept:\n  - x: |\n      long\n\n      text\nb: 2\n",
        f"accept:\n  - x: |\n      long\n\n      text\n  - {LINE}\nb: 2\n",
    ),
    "nested": (
        "accept:\n  - x:\n      y: [1,\n        2]\n\nb: 2\n",
        f"accept:\n  - x:\n      y: [1,\n        2]\n  - {LINE}\n\nb: 2\n",
    ),
}


@pytest.mark.parametrize("case", list(CASES))
def test_the_entry_stands_behind_the_others_and_nothing_else_moves(case: str) -> None:
    before, after = CASES[case]
    assert append_entry(before, "accept", ENTRY) == after


@pytest.mark.parametrize(
    "text", ['{"a": 1}', "{a: 1}\n", "a: 1\n...\n", "accept: {x: 1}\n", "- a\n", "accept: 1\n", ""]
)
def test_what_would_have_to_be_written_anew_is_left_alone(text: str) -> None:
    assert append_entry(text, "accept", ENTRY) is None


@given(
    st.dictionaries(st.sampled_from("abc"), st.text(st.characters(codec="utf-8", exclude_categories=["C", "Zl", "Zp"])))
)
def test_any_text_is_read_back_as_it_was_given(entry: dict[str, str]) -> None:
    changed = append_entry("a: 1\n", "accept", entry)
    assert changed is not None
    assert parse(changed.encode(), "").data == {"a": 1, "accept": [entry]}
