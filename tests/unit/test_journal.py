"""The journal: what is written down of a run is what is read again, torn lines and all."""

from pathlib import Path

import pytest

from harness.engine.course.journal import JOURNAL, Journal, read_journal
from harness.engine.course.results import Cost
from harness.errors import UsageError
from harness.model import Confidence, Effect, Evidence, Exchange, Look, Outcome, Proof, Request, Verdict

FACTS = {"run": "r", "started": "2026-07-01T12:00:00+00:00", "seed": 7, "profile": "standard", "selected": ["a", "b"]}
ANSWER = Exchange(
    Request("POST", "/a?b=1", (("A", "é"),), b"\xff\x00", lines=(b"GET / HTTP/1.1",)),
    201,
    (("B", "c"),),
    b"\xfe",
    None,
    0.5,
)
LOST = Exchange(Request("GET", "/"), failure="reset")
EVIDENCE = Evidence(
    attempts=(ANSWER, LOST),
    effects=(Effect("changed", "thing", "7", False, {"name": ["x", None, 1.5]}, {"url": "why"}, True),),
    suspects=("b",),
    late=True,
    look=Look.NOISE,
    before=Proof(ANSWER, True, settle=0.25),
    after=Proof(None, False, "no"),
    reference=LOST,
    public=ANSWER,
    identity="attested: so",
    usual={"role": "user"},
    told=("a line",),
    answers=3,
    hidden=("hfmarker",),
)
BYPASSED = Verdict(Outcome.BYPASSED, "any-change", Confidence.STATE, "it got in")
HELD = Verdict(Outcome.HELD, "refused", Confidence.STATE)


def test_what_is_written_is_read(tmp_path: Path) -> None:
    journal = Journal(tmp_path, FACTS)
    journal.told("a", EVIDENCE, BYPASSED)
    journal.told("a", EVIDENCE, BYPASSED)
    journal.told("b", Evidence(not_sent="interrupted: stopped"), Verdict(Outcome.INCONCLUSIVE, "interrupted"))
    journal.close()
    past = read_journal(tmp_path)
    assert past.told == {"a": (EVIDENCE, BYPASSED)}
    assert past.selected == ("a", "b")
    assert past.exchanges == [ANSWER, LOST]
    assert (tmp_path / JOURNAL).read_text().count('"kind": "verdict"') == 1


def test_what_was_spent_is_read_again_with_the_last_part(tmp_path: Path) -> None:
    journal = Journal(tmp_path, FACTS)
    assert read_journal(tmp_path).cost == Cost()
    journal.spent(Cost(requests=5, wall_s=1.5), {"boss": 2})
    journal.spent(Cost(requests=9, writes=3, wall_s=2.5), {"boss": 4, "worker": 1})
    journal.told("a", EVIDENCE, BYPASSED)
    journal.close()
    past = read_journal(tmp_path)
    assert (past.cost, past.refusals) == (Cost(requests=9, writes=3, wall_s=2.5), {"boss": 4, "worker": 1})
    Journal(tmp_path, FACTS, past).close()
    assert read_journal(tmp_path).refusals == {"boss": 4, "worker": 1}


@pytest.mark.parametrize("spent", ['{"cost": 7, "refusals": {}}', '{"cost": {"x": 1}}', '{"cost": {}, "refusals": 1}'])
def test_what_was_spent_may_be_no_nonsense(spent: str, tmp_path: Path) -> None:
    Journal(tmp_path, FACTS).close()
    with (tmp_path / JOURNAL).open("a") as file:
        file.write(spent.replace("{", '{"kind": "spent", ', 1) + "\n")
    with pytest.raises(UsageError, match="this is no journal of a run"):
        read_journal(tmp_path)


def test_a_torn_line_costs_itself_alone_and_a_second_part_goes_on(tmp_path: Path) -> None:
    journal = Journal(tmp_path, FACTS)
    journal.told("a", EVIDENCE, BYPASSED)
    journal.close()
    with (tmp_path / JOURNAL).open("ab") as file:
        file.write(b'{"kind": "exchange", "requ')
    past = read_journal(tmp_path)
    second = Journal(tmp_path, FACTS, past)
    after = Evidence(attempts=(ANSWER, Exchange(Request("PUT", "/new"), 403)), look=Look.UNCHANGED)
    second.told("b", after, HELD)
    second.close()
    again = read_journal(tmp_path)
    assert again.told == {"a": (EVIDENCE, BYPASSED), "b": (after, HELD)}
    assert (past.parts, again.parts) == (1, 2)


def test_a_new_run_begins_a_new_one(tmp_path: Path) -> None:
    journal = Journal(tmp_path, FACTS)
    journal.told("a", EVIDENCE, BYPASSED)
    journal.close()
    Journal(tmp_path, FACTS).close()
    assert read_journal(tmp_path).told == {}


@pytest.mark.parametrize(
    "text", ["", "{}\n", '{"kind": "run"}\n', '{"kind": "run", "seed": "x", "selected": []}\n', "\xff"]
)
def test_what_is_none_is_told(tmp_path: Path, text: str) -> None:
    (tmp_path / JOURNAL).write_text(text)
    with pytest.raises(UsageError, match="this is no journal of a run; start anew"):
        read_journal(tmp_path)


@pytest.mark.parametrize(("form", "told"), [('"form": 9, ', "form 9"), ("", "form 1")])
def test_a_journal_of_another_version_is_called_that(form: str, told: str, tmp_path: Path) -> None:
    facts = '"run": "r", "seed": 7, "profile": "standard", "selected": ["a"]'
    lines = f'{{"kind": "run", {form}{facts}}}\n{{"kind": "verdict", "id": "a", "older": []}}\n'
    (tmp_path / JOURNAL).write_text(lines)
    with pytest.raises(UsageError) as caught:
        read_journal(tmp_path)
    assert str(caught.value) == (
        f"{tmp_path / JOURNAL}: this run was written down by another version of Holdfast, in {told}, and this one "
        "reads form 2: what its report says stands; go on with that version, or start anew with `holdfast run`"
    )
