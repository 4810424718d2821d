"""What a retest sends again: nothing where all got in, everything of a group where one was refused."""

import pytest

from harness.engine.course.encores import Encores
from harness.model import Confidence, Outcome, Verdict

COPIES = {"a": ("a 2", "a 3"), "b": ("b 2", "b 3"), "c": ("c 2",), "d": ("d 2",)}
IN, OUT = (Verdict(one, "", Confidence.STATE) for one in (Outcome.BYPASSED, Outcome.HELD))


@pytest.mark.parametrize(
    ("outcomes", "due"),
    [
        ({"a": IN, "b": IN, "c": IN}, []),
        ({"a": IN, "b": OUT, "c": IN}, ["a 2", "a 3", "b 2", "b 3"]),
        ({"a": OUT, "b": OUT, "c": OUT}, ["a 2", "a 3", "b 2", "b 3", "c 2"]),
    ],
)
def test_one_refusal_brings_the_whole_group_on(outcomes: dict[str, Verdict], due: list[str]) -> None:
    encores = Encores(COPIES, [["a", "b"], ["c"]])
    assert encores.due([*outcomes], lambda name: outcomes[name]) == due
    assert encores.waiting == {"a 2", "a 3", "b 2", "b 3", "c 2"} - set(due)
    assert encores.due([*outcomes], lambda name: outcomes[name]) == []


def test_what_a_second_look_takes_back_brings_on_what_was_spared() -> None:
    encores, now = Encores(COPIES, [["a", "b"]]), {"a": IN, "b": IN}
    assert encores.due(["a", "b"], lambda name: now[name]) == []
    assert encores.due(["b"], lambda name: (now | {"b": OUT})[name]) == ["a 2", "a 3", "b 2", "b 3"]


def test_copies_of_what_is_in_no_group_do_not_wait() -> None:
    assert Encores(COPIES, [["a"]]).waiting == {"a 2", "a 3"}
