"""Removing what a run left behind, from its ledger alone."""

from collections.abc import Mapping
from pathlib import Path

from harness.engine.opening import open_target
from harness.engine.plan import Plan
from harness.engine.roles import roles_of
from harness.engine.staging import make_stage
from harness.errors import Unreachable, UsageError
from harness.ledger import LEDGER, end_ledger, read_ledger
from harness.markers import Markers


def clean_up(folder: Path, environment: Mapping[str, str]) -> list[str]:
    """Deletes whatever carries a marker of the run that wrote `folder`; gives a line for each thing that is still
    there.

    Target, base URL and document are the run's own, out of the folder; keys come from the environment. Raises
    UsageError, or Unreachable where the target does not answer.
    """
    facts, secret, entries = read_ledger(folder / LEDGER)
    try:
        document = (folder / "document").read_bytes()
    except OSError as error:
        raise UsageError(f"{folder / 'document'}: cannot be read: {error.strerror}") from None
    opened = open_target(folder / "target.yaml", environment, facts["base_url"], document)
    roles = roles_of(opened.identities)
    if "admin" not in roles:
        raise UsageError(f"{folder}: the run had no privileged identity, so it wrote nothing")
    stage = make_stage(opened, Plan((), roles), None, Markers(secret))
    stage.public = stage.guest_get(stage.public_path)
    if stage.public.status is None:
        raise Unreachable(
            f"{facts['base_url']}: no answer ({stage.public.failure}); start the target, and clean up again"
        )
    opened.logins.open()
    stage.keeper.adopt(entries)
    stage.sweeper.adopt(entries)
    try:
        left = [one.what for one in stage.sweeper.sweep()]
    finally:
        opened.wire.close()
    end_ledger(folder / LEDGER, left)
    return left
