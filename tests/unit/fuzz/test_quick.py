"""A short look at bytes that are nearly right, with every start of the tests."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.unit.fuzz import checks
from tests.unit.fuzz.strategies import FILES, YAML, answers

FEW = settings(max_examples=150, suppress_health_check=list(HealthCheck))


@FEW
@given(answers(), st.integers(1, 40))
def test_answers(data: bytes, step: int) -> None:
    checks.answer(data, step)


@FEW
@given(FILES | YAML)
def test_files(data: bytes) -> None:
    checks.file(data)


@FEW
@given(FILES)
def test_documents(data: bytes) -> None:
    checks.document(data)
