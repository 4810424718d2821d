"""Each of these servers was once harmed, or made Holdfast fall over. A run on each takes seconds: they are part of
the soak."""

from pathlib import Path

import pytest

HERE = Path(__file__).parent
KNOWN = {
    "header_name_that_is_none": "a scheme's header name that cannot be sent ends as INCONCLUSIVE, not as a bad document"
}
"""What still goes wrong, with what lets it."""


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Marks them, those that are known still to go wrong as expected failures."""
    for item in items:
        if item.path.is_relative_to(HERE):
            item.add_marker(pytest.mark.soak)
            why = next((why for name, why in KNOWN.items() if name in item.name), None)
            if why:
                item.add_marker(pytest.mark.xfail(reason=why, raises=AssertionError, strict=True))
