"""`report.json`: its exact form, and the evidence that it points to."""

import json
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from harness import report
from harness.engine import Results
from harness.errors import UsageError
from harness.identities import Standing
from harness.model import Credential, Mutant, Outcome, Part, Proof
from harness.report.files import write_files
from tests.unit.report.factories import (
    DOCUMENT,
    FABRICATED,
    KEY,
    NO_IDENTITY,
    PUT,
    bypassed,
    exchange,
    held,
    not_applicable,
    opened,
    probe,
    results,
    unclear,
)

GOT_IN, REFUSED = probe(), probe("guest-write", "no-header", mutant=Mutant())
LACKING = probe("low-privilege-write", "own-credential", mutant=Mutant(), not_applicable=NO_IDENTITY)
LEFT_OUT = probe(operation=PUT)


def small() -> Results:
    return results(
        [bypassed(GOT_IN), held(REFUSED), not_applicable(LACKING)],
        deselected=[LEFT_OUT],
        standings=(Standing("second", "admin2", "attested", "nothing could be written to try it"),),
    )


def written(run: Results, folder: Path) -> dict[str, Any]:
    write_files(run, opened(folder), folder / "out")
    read: dict[str, Any] = json.loads((folder / "out/report.json").read_text())
    return read


def test_a_small_run_exactly(tmp_path: Path) -> None:
    assert written(small(), tmp_path) == {
        "version": 1,
        "target": {
            "name": "paper",
            "file": str(tmp_path / "target.yaml"),
            "base_url": "http://127.0.0.1:8000",
            "openapi_sha256": sha256(DOCUMENT).hexdigest(),
        },
        "run": {
            "id": "0123456789ab",
            "started": "2026-07-01T12:00:00+00:00",
            "finished": "2026-07-01T12:00:04+00:00",
            "seed": None,
            "profile": "standard",
            "partial": True,
            "shard": None,
            "interrupted": False,
            "aborted": None,
            "notices": [],
        },
        "counts": {
            "BYPASSED": 1,
            "LEAKED": 0,
            "CRASHED": 0,
            "WEAK": 0,
            "INCONCLUSIVE": 0,
            "HELD": 1,
            "ACCEPTED": 0,
            "NOT-APPLICABLE": 1,
        },
        "coverage": {"planned": 4, "judged": 2, "not_applicable": 1, "deselected": 1},
        "cost": {"requests": 40, "writes": 12, "controls": 0, "read_backs": 0, "wall_s": 4.046, "cpu_s": 0.0},
        "verdicts": [
            {
                "id": "fabricated-key/arbitrary-key[POST /api/things/]",
                "title": "POST /api/things/ refuses admin: The key is an arbitrary word",
                "family": "fabricated-key",
                "mutation": "arbitrary-key",
                "operation": "POST /api/things/",
                "identity": "admin",
                "verdict": "BYPASSED",
                "reason": "any-change",
                "confidence": "state",
                "detail": "thing 7 created",
                "severity": "critical",
                "status": 201,
                "effect": "thing 7 created",
                "seen": ["any-change", "created thing"],
                "fingerprint": report.fingerprint(GOT_IN),
                "evidence": f"evidence/{report.fingerprint(GOT_IN)}.json",
            },
            {
                "id": "guest-write/no-header[POST /api/things/]",
                "title": "POST /api/things/ refuses guest: The key is an arbitrary word",
                "family": "guest-write",
                "mutation": "no-header",
                "operation": "POST /api/things/",
                "identity": "guest",
                "verdict": "HELD",
                "reason": "refused",
                "confidence": "state",
                "detail": None,
                "severity": "critical",
                "status": 401,
                "effect": None,
                "seen": None,
                "fingerprint": report.fingerprint(REFUSED),
                "evidence": "evidence/held.jsonl",
            },
            {
                "id": "low-privilege-write/own-credential[POST /api/things/]",
                "title": "POST /api/things/: The key is an arbitrary word",
                "family": "low-privilege-write",
                "mutation": "own-credential",
                "operation": "POST /api/things/",
                "identity": None,
                "verdict": "NOT-APPLICABLE",
                "reason": "no-identity",
                "confidence": None,
                "detail": "low; add an identity with a key and without `privileged`",
                "severity": "critical",
                "status": None,
                "effect": None,
                "seen": None,
                "fingerprint": report.fingerprint(LACKING),
                "evidence": None,
            },
        ],
        "accepted": [],
        "identities": [
            {"name": "admin", "role": "admin", "proved": "proved"},
            {"name": "second", "role": "admin2", "proved": "attested"},
        ],
        "operations": [{"operation": "POST /api/things/", "control": "good", "reason": None}],
        "leftovers": [],
    }


def test_evidence_shows_how_a_finding_came_about(tmp_path: Path) -> None:
    made = written(small(), tmp_path)
    files = {path.name for path in (tmp_path / "out/evidence").iterdir()}
    assert files == {f"{report.fingerprint(GOT_IN)}.json", "held.jsonl"}
    found = json.loads((tmp_path / "out" / made["verdicts"][0]["evidence"]).read_text())
    attempt = found["attempts"][0]
    assert (found["verdict"], found["claim"]) == ("BYPASSED", "The key is an arbitrary word.")
    assert found["control"]["exchange"]["status"] == 201
    assert found["control"]["exchange"]["request"]["headers"][0] == ["Authorization", "ApiKey manager:$ADMIN_KEY"]
    assert attempt["request"]["line"] == "POST /api/things/"
    assert attempt["request"]["body"] == '{"name": "hfmarker"}'
    assert (attempt["status"], attempt["body"], attempt["body_bytes"]) == (201, '{"id": 7}', 9)
    assert found["reference"]["status"] == 401
    assert found["effects"][0]["values"] == {"id": 7}
    assert found["reproduce"].startswith('curl -sSi -X POST "$BASE_URL/api/things/"')


def test_a_refusal_is_one_line(tmp_path: Path) -> None:
    written(small(), tmp_path)
    (line,) = (tmp_path / "out/evidence/held.jsonl").read_text().splitlines()
    assert json.loads(line) == {
        "id": REFUSED.id,
        "status": 401,
        "controls": [201, 201],
        "reads": "unchanged",
        "seconds": 0.0125,
    }


def test_bodies_and_values_are_cut(tmp_path: Path) -> None:
    deep: Any = "end"
    for _ in range(300):
        deep = [deep]
    values = {"deep": deep, "huge": "y" * 10_000, "none": float("nan")}
    run = results([bypassed(GOT_IN, values, b"\xff" + b"x" * 10_000), bypassed(LEFT_OUT, {"deep": deep, "n": 1e999})])
    made = written(run, tmp_path)
    first, second = (json.loads((tmp_path / "out" / one["evidence"]).read_text()) for one in made["verdicts"])
    assert first["attempts"][0]["body"] == "\ufffd" + "x" * 4095
    assert first["attempts"][0]["body_bytes"] == 10_001
    assert len(first["effects"][0]["values"]) == 4097
    assert second["effects"][0]["values"] == {"deep": [[[[["…"]]]]], "n": "inf"}


def test_planned_is_judged_and_not_applicable_and_deselected(tmp_path: Path) -> None:
    for run in (small(), results([]), results([held(REFUSED)]), results([], deselected=[LEFT_OUT, GOT_IN])):
        told = written(run, tmp_path)["coverage"]
        assert told["planned"] == told["judged"] + told["not_applicable"] + told["deselected"]
        assert told["planned"] == len(run.plan.probes)


def test_a_failed_control_is_told_for_its_variant_alone(tmp_path: Path) -> None:
    url = probe("url-off-domain", "other-host", mutant=Mutant().named(field="url"), variant="url")
    lost = Proof(exchange(500), False, "POST /api/things/: answered 500")
    unrouted = unclear(probe(operation=PUT), "control", "no object to write on")
    made = written(results([held(REFUSED), unclear(url, "control", "answered 500", lost), unrouted]), tmp_path)
    assert made["operations"] == [
        {"operation": "POST /api/things/", "control": "good", "reason": None},
        {"operation": "POST /api/things/ field=url", "control": "failed", "reason": "POST /api/things/: answered 500"},
        {"operation": "PUT /api/things/{id}/", "control": "failed", "reason": "control: no object to write on"},
    ]


@pytest.mark.parametrize(
    ("mutant", "identity"),
    [
        (Mutant(Credential("key", Part("x"), Part(of="plain")), actor="plain"), "plain"),
        (Mutant(FABRICATED), "admin"),
        (Mutant(Credential("key", Part("nobody-1"), Part("word"))), "nobody"),
        (Mutant(Credential("key", Part(""), Part(of="admin"))), "nobody"),
        (Mutant(), "guest"),
        (Mutant(Credential("key", literal="")), "guest"),
        (Mutant(Credential("key", Part(""), Part(""))), "guest"),
        (Mutant(Credential("key", Part(of="admin", kind="username"), cut="scheme")), "guest"),
    ],
)
def test_as_whom_a_mutant_goes(mutant: Mutant, identity: str, tmp_path: Path) -> None:
    assert written(results([held(probe(mutant=mutant))]), tmp_path)["verdicts"][0]["identity"] == identity


def test_nothing_is_said_of_identities_in_an_observer_run(tmp_path: Path) -> None:
    made = written(results([unclear(probe(mutant=Mutant()), "no-control", "x")], observer=True), tmp_path)
    assert made["verdicts"][0]["identity"] is None
    assert made["identities"] == []


def test_fingerprints_never_change() -> None:
    assert report.fingerprint(GOT_IN) == "pzy2wrjwps7hposw"
    assert report.fingerprint(probe(mutant=Mutant(FABRICATED).named(field="url", case="x"))) == "7lbistlmibn5arse"


def test_fingerprints_tell_probes_apart_and_nothing_else() -> None:
    one = probe(mutant=Mutant(FABRICATED).named(field="url", case="x"))
    assert report.fingerprint(one) == report.fingerprint(probe(mutant=Mutant().named(case="x", field="url")))
    others = [GOT_IN, REFUSED, LEFT_OUT, probe(mutation="zeros"), probe(mutant=Mutant().named(case="y")), one]
    assert len({report.fingerprint(each) for each in others}) == len(others)


def test_no_key_is_in_any_file(tmp_path: Path) -> None:
    signer = opened(tmp_path).signer
    request = signer.signed("POST", "/api/things/", "admin", {"name": "x"})
    assert KEY in str(request.headers)
    written(small(), tmp_path)
    for path in (tmp_path / "out").rglob("*"):
        assert path.is_dir() or KEY not in path.read_text()


def test_a_folder_that_cannot_be_written_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("a file")
    with pytest.raises(UsageError, match=r"--out$") as caught:
        write_files(small(), opened(tmp_path), tmp_path / "out")
    assert "\n" not in str(caught.value)


def test_a_report_is_replaced_whole_and_leaves_nothing_beside(tmp_path: Path) -> None:
    written(small(), tmp_path)
    assert written(results([held(REFUSED)]), tmp_path)["counts"][Outcome.HELD] == 1
    assert not list((tmp_path / "out").rglob(".*"))
