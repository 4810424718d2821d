"""The same for minutes."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.unit.fuzz import checks
from tests.unit.fuzz.strategies import FILES, YAML, answers

pytestmark = pytest.mark.soak
MANY = settings(max_examples=10_000, derandomize=False, suppress_health_check=list(HealthCheck))
SOME = settings(MANY, max_examples=3_000)


@MANY
@given(answers() | st.binary(max_size=300), st.integers(1, 40))
def test_answers(data: bytes, step: int) -> None:
    checks.answer(data, step)


@MANY
@given(FILES | YAML | st.binary(max_size=100))
def test_files(data: bytes) -> None:
    checks.file(data)


@SOME
@given(FILES)
def test_documents(data: bytes) -> None:
    checks.document(data)
