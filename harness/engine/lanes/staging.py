"""Making what a run works with: its ledger, and its stage."""

import secrets
import tempfile
from collections.abc import Callable
from pathlib import Path

from harness.canaries import Keeper, Proofs
from harness.config import any_of
from harness.controls import Controls
from harness.engine.lanes.stage import Stage
from harness.engine.planning.opening import Opened, carried
from harness.engine.planning.plan import Plan
from harness.engine.sending.aiming import Aimed
from harness.engine.sending.asking import Asking
from harness.engine.sending.conditions import Conditional
from harness.engine.sending.crowd import Crowd
from harness.engine.sending.enduring import Enduring
from harness.engine.sending.guarding import Guarded
from harness.engine.sending.patience import Patient
from harness.engine.sending.renewing import Renewing
from harness.engine.sending.sparing import Sparing
from harness.engine.sending.spelling import Spelling
from harness.engine.sending.stopping import Stop
from harness.errors import UsageError
from harness.ledger import LEDGER, Ledger
from harness.markers import Markers
from harness.model import Secret, Send
from harness.observe import Inside, Observer
from harness.oracle import Rules
from harness.resources import read_path
from harness.sweeping import Each, Sweeper

ROOM = 1024 * 1024
"""Bytes that a folder must have room for: a small run's."""
NO_ROOM = "make room, or name another folder with --out"


def rules_of(opened: Opened) -> Rules:
    """What this target calls a refusal."""
    expect = opened.target.expect
    return Rules(
        frozenset(expect.unauthenticated),
        frozenset(expect.forbidden),
        frozenset(expect.invalid),
        opened.target.denied_when,
        crashes_pass=opened.target.policy.crash == "warn",
        strict_reads=opened.target.policy.invalid_on_read == "strict",
    )


def see_room(out: Path, new: bool = True) -> None:
    """Sees, before anything is sent, that a run can be kept in a folder, which is left as it is; a `new` one only in a
    folder that is empty or holds a run. Raises UsageError where it cannot."""
    try:
        if new and out.is_dir():
            _only_ours(out)
        place = next(one for one in (out, *out.absolute().parents) if one.exists())
        with tempfile.TemporaryFile(dir=place) as file:
            file.write(bytes(ROOM))
            file.flush()
    except OSError as error:
        raise UsageError(f"{out}: cannot be written: {error.strerror}; {NO_ROOM}") from None


def _only_ours(out: Path) -> None:
    if not (out / LEDGER).exists() and any(not one.name.startswith(".") for one in out.iterdir()):
        raise UsageError(f"{out}: holds other files; name an empty or new folder with --out")


def start_ledger(
    opened: Opened, out: Path, run_id: str, secret: bytes, snapshot: str = "", again: bool = False
) -> Ledger:
    """Writes what a later clean-up needs: the ledger, the target file without its secrets, the document. `again` for
    the next part of the run that wrote there."""
    try:
        out.mkdir(parents=True, exist_ok=True)
        _only_ours(out)
        ledger = Ledger(
            out / LEDGER,
            secret,
            {"id": run_id, "base_url": str(opened.target.base_url), **({"snapshot": snapshot} if snapshot else {})},
            again,
        )
    except OSError as error:
        raise UsageError(f"{out}: cannot be written: {error.strerror}; {NO_ROOM}") from None
    try:
        if not again:
            (out / "target.yaml").write_text(opened.target.text)
            (out / "document").write_bytes(opened.redactor.data(opened.document))
    except OSError as error:
        # Nothing was sent, so that there is nothing to clean up.
        ledger.close(())
        raise UsageError(f"{out}: cannot be written: {error.strerror}; {NO_ROOM}") from None
    return ledger


def make_stage(
    opened: Opened,
    plan: Plan,
    ledger: Ledger | None,
    markers: Markers,
    told: Callable[[str], None] = lambda _: None,
    stop: Stop | None = None,
) -> Stage:
    """The means of a run."""
    owner = plan.roles["admin"].name
    words = opened.target.operations
    guarded = Guarded(opened.wire, words.never, words.refuse_only)
    harmless = _public_path(opened)
    spelling = Spelling(guarded, opened.target.base_url.origin)
    heeding = stop.heeding(spelling) if stop else spelling
    crowd = Crowd(heeding, opened.target.concurrency)
    enduring = Enduring(crowd, opened.signer.signed("GET", harmless, None), opened.target.limits.recovery)
    known = (*opened.reading.operations, *opened.graph.undeclared)
    asking = Asking(enduring, known, opened.target, carried(opened.channels), markers.word)
    renewing = Renewing(asking, opened.logins, owner)
    send = Aimed(Patient(Conditional(renewing)))
    made = password(opened)
    # A later clean-up does not know what the accounts were made with.
    observer = Observer(send, opened.signer, owner, _inside(opened, send, owner, made) if ledger else None)
    proofs = Proofs(opened.target.protected, opened.redactor)
    opened.wire.witness = proofs.hear
    keeper = Keeper(send, opened.signer, observer, opened.graph, opened.target, ledger, markers, owner, made, proofs)
    controls = Controls(send, opened.signer, observer, keeper, opened.target, owner)
    return Stage(
        send,
        opened.signer,
        observer,
        keeper,
        controls,
        opened.target,
        opened.graph,
        rules_of(opened),
        owner,
        _sweeper(opened, keeper, observer.from_outside(), owner, crowd.each),
        Sparing(opened.target.failures, (*opened.identities, *opened.sessions)),
        enduring,
        crowd,
        public_path=harmless,
        told=told,
        tokens=renewing.times,
    )


def _inside(opened: Opened, send: Send, owner: str, made: str) -> Inside | None:
    """What logs in as objects, where the target file says that their state shows only so."""
    words = {name: one.effect for name, one in opened.target.resources.items() if one.effect}
    if not words:
        return None
    first = opened.signer.identities[owner].auth if owner in opened.signer.identities else ""
    ways = [one for one in (first, *opened.channels) if one in opened.channels]
    auth = next((one for one in ways if opened.channels[one].login or opened.channels[one].encoded), None)
    if auth is None:
        raise UsageError(
            f"{opened.target.source}: resources.{next(iter(words))}.effect: nothing tells how to log in; "
            "add a `login`, or a channel `basic`, under `auth`"
        )
    return Inside(send, opened.signer, opened.logins, auth, words, Secret(made))


def password(opened: Opened) -> str:
    """What accounts are made with that the run makes: long, of every kind of character, and known to the redactor."""
    made = f"Aa1!{secrets.token_urlsafe(15)}"
    opened.redactor.learn("RUN_PASSWORD", made)
    return made


def _sweeper(opened: Opened, keeper: Keeper, observer: Observer, owner: str, each: Each) -> Sweeper:
    """What cleans up. Where objects belong to their creators, or others may make them, out of the owner's sight at
    worst, it looks with the eyes of each."""
    living = [one for one in opened.identities if one.state is None and one.key and one.name != owner]
    makers = [word for one in living for word in one.may]
    owned = [name for name, words in opened.target.resources.items() if words.owner]
    owned += [one.name for one in opened.graph.resources if any(any_of(makers, made) for made in one.creators)]
    readers = {one.name: observer.reading_as(one.name) for one in living}
    return Sweeper(keeper, observer, opened.graph, opened.target.limits.settle, each, readers, owned)


def _public_path(opened: Opened) -> str:
    """A read that a guest may do and that harms nobody: the root, or a list that is open."""
    operations = {one.path for one in opened.reading.operations if one.method == "GET"}
    root = opened.target.base_url.prefix + "/"
    if root in operations:
        return root
    readable = [one for one in opened.graph.resources if one.operation("GET", "list") and "{" not in one.list_path]
    declared = [one for one in readable if one.operations["GET list"].declared_open]
    chosen = next(iter([*declared, *readable]), None)
    return read_path(chosen, "list") if chosen else root
