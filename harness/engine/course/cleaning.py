"""Removing what a run left behind, from its ledger alone."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from harness.engine.course.recovering import taken_over
from harness.engine.planning.opening import Opened, open_target
from harness.engine.planning.plan import Plan
from harness.engine.planning.roles import roles_of
from harness.errors import UsageError
from harness.ledger import LEDGER, end_ledger, read_ledger
from harness.sweeping import Left, apart

ALL = "all"
"""Stands for everything that is left."""


def reopened(folder: Path, environment: Mapping[str, str]) -> Opened:
    """The target of the run that wrote `folder`: file, base URL and document are the run's own, keys come from the
    environment. Raises UsageError."""
    facts, _, _ = read_ledger(folder / LEDGER)
    try:
        document = (folder / "document").read_bytes()
    except OSError as error:
        raise UsageError(f"{folder / 'document'}: cannot be read: {error.strerror}") from None
    return open_target(folder / "target.yaml", environment, facts["base_url"], document)


def clean_up(folder: Path, environment: Mapping[str, str], forget: Sequence[str] = ()) -> list[Left]:
    """Deletes whatever carries a marker of the run that wrote `folder`; gives what is still there, without what its
    owner says is to be forgotten: by its name, or `all`.

    Raises UsageError, or Unreachable where the target does not answer.
    """
    opened = reopened(folder, environment)
    roles = roles_of(opened.identities)
    if "admin" not in roles:
        raise UsageError(f"{folder}: the run had no privileged identity, so it wrote nothing")
    try:
        left = taken_over(opened, Plan((), roles), folder).sweeper.sweep()
    finally:
        opened.wire.close()
    unknown = [one for one in forget if one not in (ALL, *(it.what for it in left))]
    kept = left if unknown else [one for one in left if ALL not in forget and one.what not in forget]
    end_ledger(folder / LEDGER, *apart(kept))
    if unknown:
        raise UsageError(f"--forget {unknown[0]!r}: is not among what is left; `holdfast cleanup {folder}` lists that")
    return kept
