"""Shards of a run, put together again: the same verdicts as one run comes to, or a refusal."""

import json
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import pytest

from harness import plugin
from harness.demo.process import DemoServer, snapshot
from harness.engine import Portion, Results, Run
from harness.errors import UsageError
from harness.ledger import LEDGER
from tests.e2e.command import ROOT, TARGET, Ran, holdfast

SUITES = ROOT / "suites"
V1 = "/api/v1/downloads/"
CHOSEN = plugin.Selection(
    ("guest-write", "foreign-key", "credential-echo"),
    (f"POST {V1}os/", f"PUT {V1}os/{{id}}/", f"POST {V1}release/", f"DELETE {V1}release_file/{{id}}/"),
)
SEED = 7


@pytest.fixture(scope="module")
def demo() -> Iterator[DemoServer]:
    """A server with holes."""
    with DemoServer.start("2014") as server:
        yield server


def executed(demo: DemoServer, out: Path, shard: str | None = None, seed: int = SEED) -> Results:
    """A run, or a shard of one, into that folder."""
    session = plugin.Session.prepare(
        TARGET, [SUITES], out, demo.base_url, CHOSEN, environment=demo.environment, seed=seed, shard=shard
    )
    ids = plugin.choose(session, [SUITES], None)
    portion = Portion(session.shard, session.whole) if session.shard else None
    before = snapshot(demo.database)
    results = Run(session.opened, session.plan, out, seed=seed, portion=portion).execute(ids)
    assert snapshot(demo.database) == before
    assert list(results.judged) == ids
    return results


@pytest.fixture(scope="module")
def whole(demo: DemoServer, tmp_path_factory: pytest.TempPathFactory) -> Results:
    """One run of all of it."""
    return executed(demo, tmp_path_factory.mktemp("whole"))


@pytest.fixture(scope="module")
def halves(demo: DemoServer, tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Folders of its two shards."""
    folders = [tmp_path_factory.mktemp("half") for _ in range(2)]
    for number, folder in enumerate(folders, 1):
        executed(demo, folder, f"{number}/2")
    return folders


def told(results: Results) -> list[tuple[object, ...]]:
    """Id, verdict and evidence of each probe, in order; without what differs from run to run."""
    return [
        (name, one.verdict.outcome, one.verdict.reason, one.verdict.confidence, len(one.evidence.effects))
        for name, one in results.judged.items()
    ]


def merge(folders: list[Path], out: Path, *more: str) -> Ran:
    """`holdfast merge`, where no key is."""
    return holdfast("merge", *map(str, folders), "--out", str(out), *more, keys={}, folder=out.parent, out=out)


def test_two_shards_make_one_run(halves: list[Path], whole: Results, tmp_path: Path) -> None:
    ran = merge(halves[::-1], tmp_path / "out", "--alluredir", str(tmp_path / "al"), "--junitxml", str(tmp_path / "x"))
    assert ran.code == whole.exit_code(strict=False) == 1, ran.text
    expected = [(one.probe.id, str(one.verdict.outcome), one.verdict.reason) for one in whole.judged.values()]
    assert [(one["id"], one["verdict"], one["reason"]) for one in ran.report["verdicts"]] == expected
    assert ran.report["run"]["seed"] == SEED
    assert ran.report["run"]["shard"] is None
    named = {one["id"]: one["evidence"] for one in ran.report["verdicts"] if one["verdict"] == "BYPASSED"}
    assert named
    assert all((ran.out / str(file)).is_file() for file in named.values())
    results = [json.loads(one.read_text()) for one in (tmp_path / "al").glob("*-result.json")]
    assert len(results) == len(expected)
    assert sum(one["status"] in ("failed", "broken") for one in results) == len(named)
    suite = ElementTree.parse(tmp_path / "x").getroot()[0].attrib
    assert (int(suite["tests"]), int(suite["failures"])) == (len(expected), len(named))


def test_three_shards_make_one_run(demo: DemoServer, whole: Results, tmp_path: Path) -> None:
    folders = [tmp_path / str(number) for number in (1, 2, 3)]
    parts = [executed(demo, folder, f"{number}/3") for number, folder in enumerate(folders, 1)]
    assert [one.shard for one in parts] == ["1/3", "2/3", "3/3"]
    assert sorted(name for one in parts for name in one.judged) == sorted(whole.judged)
    session = plugin.Session.merge(folders, [SUITES], tmp_path / "out", strict=False)
    assert session.known is not None
    assert told(session.known) == told(whole)
    assert (session.known.leftovers, session.known.aborted, session.known.interrupted) == ((), "", False)
    assert session.known.standings == whole.standings
    assert session.known.cost.requests == sum(one.cost.requests for one in parts)


def test_no_two_shards_write_the_same_marker(halves: list[Path]) -> None:
    def markers(folder: Path) -> set[str]:
        lines = map(json.loads, (folder / LEDGER).read_text().splitlines())
        return {str(one["marker"]) for one in lines if "marker" in one}

    assert markers(halves[0])
    assert not markers(halves[0]) & markers(halves[1])


def altered(folder: Path, copy: Path, change: Callable[[dict[str, object]], object]) -> Path:
    """A copy of a shard whose journal's facts are others."""
    shutil.copytree(folder, copy)
    journal = copy / "journal.jsonl"
    lines = [json.loads(line) for line in journal.read_text().splitlines()]
    for line in lines:
        if line.get("kind") == "run":
            change(line)
    journal.write_text("".join(json.dumps(line) + "\n" for line in lines))
    return copy


def refusal(folders: list[Path], tmp_path: Path) -> str:
    """The one line that refuses to merge."""
    with pytest.raises(UsageError) as caught:
        plugin.Session.merge(folders, [SUITES], tmp_path / "out", strict=False)
    assert not (tmp_path / "out").exists()
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_a_missing_shard_is_missed(halves: list[Path], tmp_path: Path) -> None:
    ran = merge(halves[:1], tmp_path / "out")
    assert ran.code == 2
    assert ran.text.startswith("holdfast: shard 2/2 is missing")
    assert len(ran.text.splitlines()) == 1
    assert not (tmp_path / "out").exists()


def test_a_shard_counts_once(halves: list[Path], tmp_path: Path) -> None:
    assert "name each once" in refusal([*halves, halves[0]], tmp_path)


@pytest.mark.parametrize(
    ("name", "value", "word"),
    [
        ("seed", 8, "is of another seed than"),
        ("plan", "0" * 64, "is of another plan than"),
        ("whole", [], "is of another selection than"),
        ("bulk", True, "is of another leave to reach whole lists than"),
        ("shard", "2/3", "name the shards of one run"),
        ("shard", "2/x", "is no part of a run"),
        ("selected", [], "these shards are no parts of one whole"),
    ],
)
def test_shards_of_other_runs_are_refused(
    halves: list[Path], tmp_path: Path, name: str, value: object, word: str
) -> None:
    other = altered(halves[1], tmp_path / "other", lambda line: line.update({name: value}))
    assert word in refusal([halves[0], other], tmp_path)


@pytest.mark.parametrize(("file", "word"), [("target.yaml", "target"), ("document", "document")])
def test_shards_of_other_targets_are_refused(halves: list[Path], tmp_path: Path, file: str, word: str) -> None:
    other = altered(halves[1], tmp_path / "other", lambda line: None)
    (other / file).write_bytes((other / file).read_bytes() + b"\n")
    assert f"is of another {word} than" in refusal([halves[0], other], tmp_path)


def test_shards_of_other_hosts_are_refused(halves: list[Path], tmp_path: Path) -> None:
    other = altered(halves[1], tmp_path / "other", lambda line: None)
    text = (other / LEDGER).read_text()
    (other / LEDGER).write_text(text.replace("http://127.0.0.1:", "http://127.0.0.2:", 1))
    assert "is of another target than" in refusal([halves[0], other], tmp_path)


def test_a_plan_that_is_made_otherwise_now_is_refused(halves: list[Path], tmp_path: Path) -> None:
    others = [altered(one, tmp_path / one.name, lambda line: line.update({"plan": "0" * 64})) for one in halves]
    assert "its probes are planned otherwise now" in refusal(others, tmp_path)


def test_a_whole_run_is_no_shard(demo: DemoServer, halves: list[Path], tmp_path: Path) -> None:
    other = altered(halves[1], tmp_path / "other", lambda line: [line.pop(name) for name in ("shard", "whole")])
    assert "is no shard, but a run of its own" in refusal([halves[0], other], tmp_path)


def test_a_shard_without_its_end_is_refused(halves: list[Path], tmp_path: Path) -> None:
    other = altered(halves[1], tmp_path / "other", lambda line: None)
    lines = (other / "journal.jsonl").read_text().splitlines()
    (other / "journal.jsonl").write_text("\n".join(lines[:-1]) + "\n")
    assert f"holdfast resume {other}" in refusal([halves[0], other], tmp_path)


def test_what_a_shard_did_not_judge_stays_untold(halves: list[Path], tmp_path: Path) -> None:
    other = altered(halves[1], tmp_path / "other", lambda line: None)
    lines = [json.loads(one) for one in (other / "journal.jsonl").read_text().splitlines()]
    lost = next(str(one["id"]) for one in lines if one.get("verdict") == "HELD")
    lines[-1]["untold"] = {lost: "interrupted: the run was stopped"}
    kept = [one for one in lines if one.get("id") != lost]
    (other / "journal.jsonl").write_text("".join(json.dumps(one) + "\n" for one in kept))
    session = plugin.Session.merge([halves[0], other], [SUITES], tmp_path / "out", strict=False)
    assert session.known is not None
    assert str(session.known.judged[lost].verdict) == "INCONCLUSIVE(interrupted)"
    only_held = replace(session.known, judged={lost: session.known.judged[lost]}, selected=(lost,))
    assert only_held.exit_code(strict=False) == 3


def test_a_merged_run_does_not_write_over_a_run(halves: list[Path]) -> None:
    ran = merge(halves, halves[0])
    assert ran.code == 2
    assert "name an empty or new folder" in ran.text


@pytest.mark.parametrize(("shard", "seed", "word"), [("1/2", None, "needs --seed NUMBER"), ("3/2", 1, "write I/N")])
def test_a_shard_that_cannot_be_is_refused(tmp_path: Path, shard: str, seed: int | None, word: str) -> None:
    with pytest.raises(UsageError, match=word):
        plugin.Session.prepare(TARGET, [SUITES], tmp_path, environment={}, seed=seed, shard=shard)


def test_what_failed_last_falls_into_no_shards(tmp_path: Path) -> None:
    ran = holdfast("run", str(TARGET), "--shard", "1/2", "--seed", "1", "--lf", keys={}, folder=tmp_path)
    assert ran.code == 2
    assert "leave one of them out" in ran.text


@pytest.mark.parametrize(("shard", "code"), [("2/2", 0), ("1/9", 2)])
def test_a_shard_has_a_gate_of_its_own(demo: DemoServer, tmp_path: Path, shard: str, code: int) -> None:
    words = [word for one in CHOSEN.operations[:3] for word in ("--operation", one)]
    words += ["--base-url", demo.base_url, "--family", "guest-write", "--seed", "1", "--shard", shard]
    ran = holdfast("run", str(TARGET), "--out", str(tmp_path / "out"), *words, keys=demo.environment, folder=tmp_path)
    assert ran.code == code, ran.text
    if code:
        assert ran.text == (
            "holdfast: --shard …/9: what is selected falls into 2 parts that need nothing of one another; "
            "name 2 shards at most\n"
        )
    else:
        assert "partial run (shard 2/2)" in ran.text
        assert ran.report["run"]["shard"] == "2/2"
        assert {one["operation"] for one in ran.report["verdicts"]} == {CHOSEN.operations[2]}
