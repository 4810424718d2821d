"""The words of `policy`, from the target file to the verdict and the exit code."""

from pathlib import Path

import pytest

from tests.contract.running import run
from tests.contract.test_masks import PARTS, REFUSED, mutations, of

CRASHING = mutations("fabricated-key/arbitrary-key", "guest-write/no-header", methods="PATCH")


@pytest.mark.parametrize(("word", "verdict", "code"), [("fail", "CRASHED crash", 1), ("warn", "CRASHED advisory", 0)])
def test_a_crash(word: str, verdict: str, code: int, tmp_path: Path) -> None:
    ran = run(tmp_path, "crash_on_admin_name", CRASHING, more=f"policy: {{crash: {word}}}\n")
    fallen = ran.picked(of("fabricated-key"))
    assert fallen
    assert ran.having(verdict) == fallen
    assert ran.having(REFUSED) == ran.judged.keys() - fallen
    assert ran.results.exit_code(strict=True) == code


@pytest.mark.parametrize(("word", "verdict"), [("refused", REFUSED), ("allowed", "NOT-APPLICABLE policy")])
def test_a_legacy_channel(word: str, verdict: str, tmp_path: Path) -> None:
    query = mutations("legacy-channel/query", methods="POST")
    ran = run(tmp_path, "correct", query, more=f"policy: {{legacy_channels: {word}}}\n")
    assert len(ran.judged) == 2
    assert set(ran.verdicts.values()) == {verdict}


@pytest.mark.parametrize("word", ["false", "true"])
def test_letter_case(word: str, tmp_path: Path) -> None:
    spelled = of("username-normalisation", methods="POST", path=PARTS)
    ran = run(tmp_path, "correct", spelled, more=f"policy: {{case_insensitive_names: {word}}}\n")
    cases = {"upper", "title", "swapped"}
    same = ran.picked(lambda probe: dict(probe.mutant.pairs).get("case") in cases)
    assert len(same) == 4, "swapped is upper for a name in small letters"
    waived = same if word == "true" else set()
    assert ran.having("NOT-APPLICABLE policy") == waived
    assert ran.having(REFUSED) == ran.judged.keys() - waived
