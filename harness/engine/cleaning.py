"""Removing what a run left behind, from its ledger alone."""

from collections.abc import Mapping
from pathlib import Path

from harness.engine.opening import Opened, open_target
from harness.engine.plan import Plan
from harness.engine.recovering import taken_over
from harness.engine.roles import roles_of
from harness.errors import UsageError
from harness.ledger import LEDGER, end_ledger, read_ledger


def reopened(folder: Path, environment: Mapping[str, str]) -> Opened:
    """The target of the run that wrote `folder`: file, base URL and document are the run's own, keys come from the
    environment. Raises UsageError."""
    facts, _, _ = read_ledger(folder / LEDGER)
    try:
        document = (folder / "document").read_bytes()
    except OSError as error:
        raise UsageError(f"{folder / 'document'}: cannot be read: {error.strerror}") from None
    return open_target(folder / "target.yaml", environment, facts["base_url"], document)


def clean_up(folder: Path, environment: Mapping[str, str]) -> list[str]:
    """Deletes whatever carries a marker of the run that wrote `folder`; gives a line for each thing that is still
    there.

    Raises UsageError, or Unreachable where the target does not answer.
    """
    opened = reopened(folder, environment)
    roles = roles_of(opened.identities)
    if "admin" not in roles:
        raise UsageError(f"{folder}: the run had no privileged identity, so it wrote nothing")
    try:
        left = [one.what for one in taken_over(opened, Plan((), roles), folder).sweeper.sweep()]
    finally:
        opened.wire.close()
    end_ledger(folder / LEDGER, left)
    return left
