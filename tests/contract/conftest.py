"""What the contract tests of the embedded API share."""

from collections.abc import Iterator

import pytest

from tests.contract.demos import Demos


@pytest.fixture(scope="session")
def demos() -> Iterator[Demos]:
    """The embedded API at every build."""
    with Demos() as running:
        yield running
