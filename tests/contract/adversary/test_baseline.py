"""The kit's own API is correct, and is said to be."""

from pathlib import Path

from tests.contract.adversary.kit import Api, held, run


def test_correct(tmp_path: Path) -> None:
    ran = run(Api(), tmp_path)
    assert ran.code == 0
    assert held(ran, "PATCH /things/{thing_id}")
