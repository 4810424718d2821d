"""What a person sees: snapshots, and what a hostile server cannot do to a terminal."""

import re
from dataclasses import replace
from pathlib import Path

import pytest

from harness import report
from harness.engine import Judged
from harness.identities import Standing
from harness.model import Confidence, Evidence, Mutant, Operation, Outcome, Probe, Proof, Severity, Verdict
from harness.sweeping import Left
from tests.unit.report.factories import (
    FABRICATED,
    GOOD,
    KEY,
    NO_IDENTITY,
    POST,
    PUT,
    bypassed,
    exchange,
    held,
    not_applicable,
    probe,
    results,
    shown,
    unclear,
)

HOSTILE = "\x1b]0;owned\x07\x1b[2J\x9b31m[bold red]x[/] :smile: \u202e\ud800\r\n"
ATTESTED = Standing("plain", "low", "attested", "no exchange of this API tells its key from a bent one")
BULK = "bulk: a write on a whole list is not sent"


def named(*names: str, operation: Operation = POST) -> list[Probe]:
    return [probe(mutation=name, operation=operation) for name in names]


def test_a_run_with_findings(tmp_path: Path) -> None:
    url = probe("url-off-domain", "other-host", mutant=Mutant(FABRICATED), severity=Severity.HIGH)
    guest = probe("guest-write", "no-header", mutant=Mutant())
    run = results(
        [
            bypassed(url),
            *map(bypassed, named("arbitrary-key", "zeros")),
            *map(bypassed, named("arbitrary-key", "zeros", operation=PUT)),
            held(probe(mutation="word-guest")),
            held(probe(mutation="word-guest", operation=PUT)),
            held(guest, Confidence.ATTESTED),
            unclear(probe("missing-key", "empty-key"), "masked:400", "something before the decision answered"),
            not_applicable(probe("foreign-key", "low-key", mutant=Mutant(), not_applicable=NO_IDENTITY)),
            *(not_applicable(probe("guest-write", f"m{n}", mutant=Mutant(), not_applicable=BULK)) for n in range(3)),
        ],
        deselected=[probe(mutation="left-out")],
        standings=(ATTESTED,),
    )
    run.left = (Left("thing 7", expected=False),)
    first = bypassed(named("arbitrary-key")[0])
    told = {"command": report.curl(first.evidence.attempts[0].request), "evidence": report.fingerprint(first.probe)}
    assert shown(run, tmp_path, Path("out")) == SNAPSHOT.format(**told)


SNAPSHOT = """\
BYPASSED: 2 doors are open
14 probes planned: 5 BYPASSED, 1 INCONCLUSIVE, 3 HELD, 4 NOT-APPLICABLE, 1 deselected

got in
severity  family          as     operations                mutations  seen by
critical  fabricated-key  admin  POST on /api/things/         2 of 3  state
critical  fabricated-key  admin  PUT on /api/things/{{id}}/     2 of 3  state
high      url-off-domain  admin  POST on /api/things/         1 of 1  state

begin with fabricated-key/arbitrary-key[POST /api/things/]
  BASE_URL=http://127.0.0.1:8000
  {command}
  out/evidence/{evidence}.json

not tested
1  masked:400   something before the decision answered → give a body that passes validation:
                `resources: NAME: body:`
1  no-identity  low; add an identity with a key and without `privileged`
3  bulk         a write on a whole list is not sent

1 object of this run could not be removed:
  thing 7
  remove them with `holdfast cleanup out`

note: plain's refusals are attested: nothing in this API tells its key from a bent one
note: partial run: 13 of 14 probes were selected
cost: 40 requests, 12 writes, 4.0 s, 4.4 requests per verdict
report: out/report.html; report.json has everything"""


def test_a_run_that_held(tmp_path: Path) -> None:
    run = results(list(map(held, named("arbitrary-key", "zeros"))))
    assert shown(run, tmp_path) == (
        "HELD: all 2 probes held\n"
        "2 probes planned: 2 HELD\n"
        "\n"
        "cost: 40 requests, 12 writes, 4.0 s, 20.0 requests per verdict"
    )


def test_an_observer_run_says_first_what_it_cannot_show(tmp_path: Path) -> None:
    run = results([unclear(probe(mutant=Mutant()), "no-control", "x")], observer=True)
    first, second, *_ = shown(run, tmp_path).splitlines()
    assert first == "without a privileged credential this run can show an open door, never a closed one"
    assert second == "INCONCLUSIVE: 1 probe could not tell"


def judged(outcome: Outcome, one: Probe, reason: str = "crash") -> Judged:
    found = Evidence((exchange(500),), before=GOOD)
    return Judged(one, found, Verdict(outcome, reason, Confidence.RESPONSE))


@pytest.mark.parametrize(
    ("found", "headline"),
    [
        ([], "INCONCLUSIVE: nothing was tested"),
        ([not_applicable(probe(not_applicable=BULK))], "INCONCLUSIVE: nothing was tested"),
        ([bypassed(probe())], "BYPASSED: 1 door is open"),
        ([judged(Outcome.CRASHED, probe()), held(probe(operation=PUT))], "CRASHED: 1 probe crashed 1 operation"),
        ([judged(Outcome.CRASHED, probe()), bypassed(probe(operation=PUT))], "BYPASSED: 1 door is open"),
        ([judged(Outcome.WEAK, probe(), "status")], "WEAK: 1 probe not refused as it should be"),
        ([judged(Outcome.WEAK, probe(), "advisory"), held(probe(operation=PUT))], "HELD: 1 probe held"),
        ([judged(Outcome.LEAKED, probe())], "LEAKED: 1 operation told what it must not"),
    ],
)
def test_the_first_line(found: list[Judged], headline: str, tmp_path: Path) -> None:
    assert shown(results(found), tmp_path).splitlines()[0] == headline


def test_a_verdict_that_is_missing_is_no_held(tmp_path: Path) -> None:
    run = results([held(probe())], deselected=[probe(operation=PUT)])
    run.selected = tuple(one.id for one in run.plan.probes)
    assert shown(run, tmp_path).splitlines()[0] == "INCONCLUSIVE: 1 probe could not tell"


def test_an_unsafe_run_says_so_before_anything_else(tmp_path: Path) -> None:
    run = results([bypassed(probe())])
    run.aborted, run.interrupted = "a bystander changed", True
    lines = shown(run, tmp_path).splitlines()
    assert lines[0] == "STOPPED as unsafe: a bystander changed"
    assert "note: the run was interrupted" in lines


def test_leftovers_come_with_what_to_do(tmp_path: Path) -> None:
    run = results([held(probe())])
    run.left = tuple(Left(f"thing {number}", expected=False) for number in range(9))
    text = shown(run, tmp_path, Path("out"))
    assert "9 objects of this run could not be removed:" in text
    assert "… and 4 more" in text
    assert "`holdfast cleanup out`" in text


def test_what_the_api_cannot_remove_is_told_without_alarm(tmp_path: Path) -> None:
    run = results([held(probe())])
    run.left = (Left("thing 7", expected=True),)
    text = shown(run, tmp_path)
    assert "1 object of this run stay: the API has no way to remove them (thing 7)" in text
    assert "holdfast cleanup" not in text


def test_weak_controls_are_counted_apart(tmp_path: Path) -> None:
    run = results([held(probe(), Confidence.RESPONSE, "weak-control")])
    assert "note: refusals on a control that only got past authentication: 1" in shown(run, tmp_path)


@pytest.mark.parametrize("width", [80, 100, 120])
def test_hundreds_of_findings_fit_a_screen(width: int, tmp_path: Path) -> None:
    operations = [
        Operation(method, f"/api/{name}/")
        for name in ("os", "release", "release_file")
        for method in ("POST", "PUT", "PATCH", "DELETE")
    ]
    found = [
        bypassed(probe(family, f"m{number}", one))
        for family in ("fabricated-key", "foreign-key", "missing-key")
        for one in operations
        for number in range(20)
    ]
    lines = shown(results(found), tmp_path, Path("out"), width).splitlines()
    assert lines[0] == "BYPASSED: 12 doors are open"
    assert len(lines) <= 40
    assert all(len(line) <= width for line in lines if "curl" not in line)


@pytest.mark.parametrize("colour", [False, True])
def test_a_server_cannot_speak_to_the_terminal(colour: bool, tmp_path: Path) -> None:
    hostile = bypassed(probe(), {HOSTILE: HOSTILE}, HOSTILE.encode("utf-8", "replace"))
    effect = replace(hostile.evidence.effects[0], object_id=HOSTILE)
    hostile = replace(hostile, evidence=replace(hostile.evidence, effects=(effect,)))
    unknown = unclear(probe(operation=PUT), "control", HOSTILE)
    run = results([hostile, unknown], standings=(replace(ATTESTED, detail=HOSTILE),))
    run.left, run.aborted = (Left(HOSTILE, expected=False),), HOSTILE
    text = shown(run, tmp_path, Path("out"), 120, colour) + report.failure_text(hostile, None)
    assert all(each.isprintable() for each in _COLOURS.sub("", text).split("\n"))
    assert "\x1b[2J" not in text
    assert "[bold red]x[/] :smile:" in text
    assert bool(_COLOURS.search(text)) is colour


_COLOURS = re.compile(r"\x1b\[[0-9;]*m")


def test_no_key_is_shown(tmp_path: Path) -> None:
    found = bypassed(probe())
    assert KEY not in shown(results([found]), tmp_path, Path("out")) + report.failure_text(found, Path("out"))


def test_a_failing_item() -> None:
    one = probe(operation=PUT)
    assert report.failure_text(bypassed(one), Path("out")).splitlines() == [
        "BYPASSED(any-change, state): The key is an arbitrary word; thing 7 changed",
        "  control    201, its effect was read back",
        "  mutant     200",
        "  effect     thing 7 changed",
        '  reproduce  curl -sSi -X PUT "$BASE_URL/api/things/7/" -H "Authorization: ApiKey manager:anything_here" '
        '-H "Content-Type: application/json" --data-raw \'{"name": "hfmarker"}\''
        "  # its object was this run's and is gone: name one of yours",
        f"  evidence   out/evidence/{report.fingerprint(one)}.json",
    ]


def test_an_undecided_item() -> None:
    lost = Proof(exchange(None), False, "POST /api/things/: no answer")
    assert report.failure_text(unclear(probe(), "control", "no answer", lost), None).splitlines() == [
        "INCONCLUSIVE(control): The key is an arbitrary word; no answer",
        "  control    no answer (reset), POST /api/things/: no answer",
    ]
    never = report.failure_text(unclear(probe(), "no-control", "x"), None)
    assert never == "INCONCLUSIVE(no-control): The key is an arbitrary word; x"


def test_a_command_too_long_to_read_is_left_to_the_evidence() -> None:
    found = bypassed(probe())
    sent = replace(found.evidence.attempts[0].request, body=b"x" * 5000)
    attempt = replace(found.evidence.attempts[0], request=sent)
    found = replace(found, evidence=replace(found.evidence, attempts=(attempt,)))
    assert "reproduce" not in report.failure_text(found, None)


def test_a_narrow_terminal_keeps_its_room_for_the_operations(tmp_path: Path) -> None:
    methods = [Operation(one, "/api/v1/things/") for one in ("POST", "PUT", "PATCH", "DELETE")]
    run = results([bypassed(probe(operation=one)) for one in methods])
    row = "critical  fabricated-key  admin  POST PUT PATCH DELETE on /api/v1/things/     1 of 1"
    assert row in shown(run, tmp_path, width=len(row) + 2)
    assert f"{row}  state" in shown(run, tmp_path, width=100)
