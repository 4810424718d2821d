"""Dead credential: a key that was valid once, and is no longer, opens nothing.

## Why it matters

Keys are taken back when they leak and when people leave, and that is all the remedy there is. It is easily undone by
a check that asks whether the key exists and not whether its account still may, by a cache that remembers yesterday's
answer, or by an old table that the new one never replaced. Until the second round of fixes, python.org's API let an
inactive member of staff publish with the key that they still had. GitLab let banned users go on through its API
(CVE-2023-1555).

## How the verdict is reached

The target file names accounts in a `state:` of `inactive`, `revoked`, `rotated` or `expired`, each with the key that
it had. The entitled identity's request is shown to work; then the dead account sends the same with its own key. On
writes 401 or 403 with the state unchanged is HELD, and an effect is BYPASSED, whatever the status. On reads a refusal
is HELD, and so is exactly a guest's view; LEAKED is whatever shows more. An inactive account's name is tried with an
arbitrary key, too. A state that the file has no account in is not tested, and said not to be. A dead password that
would have to log in first is not sent: whatever came of it would be the login's answer, and not this API's.

## How to fix it

Ask for life wherever you ask for the key, in the same query, and give "dead" the answer that "wrong" gets. Keep
answers no longer than you can bear a stolen key to work.

Django: `authenticate()` asks `is_active` in its default backend; your own lookups have to ask themselves. tastypie's
`ApiKeyAuthentication` asks unless it is made with `require_active=False`, or a subclass replaces `is_authenticated`
without calling `check_active`. Django REST Framework's `TokenAuthentication` asks; a subclass that overrides
`authenticate_credentials` has to:

    token = self.get_model().objects.select_related("user").get(key=key, user__is_active=True)

Neither knows of an end of a key's life; add one, and ask for it there:

    .get(key=key, user__is_active=True, revoked_at=None, expires_at__gt=timezone.now())

FastAPI and Flask, in the one function that answers accounts:

    found = session.scalar(select(Key).where(Key.hash == digest, Key.revoked_at.is_(None)))
    if found is None or not found.account.active or found.expires_at <= datetime.now(UTC):
        raise HTTPException(401)  # Flask: abort(401)

A new key replaces the old one in the same transaction. When an account ends, end its keys, tokens and sessions.

## References

- CWE-613 (expiration that comes too late), CWE-672 (use after expiration), CWE-287, CWE-304 (a step of the
  authentication is missing)
- OWASP API Security Top 10 2023: API2; OWASP ASVS 5: 7.4.1, 7.4.2, 8.3.2; OWASP WSTG-SESS-06
- python.org release API, 2026: github.com/python/pythondotorg, commit 18732c93; GitLab, CVE-2023-1555
"""

from collections.abc import Iterator
from dataclasses import replace

from harness.family import OPENED, READS, WRITES, Control, Expect, Family, Mutant, Severity

FAMILY = Family(severity=Severity.HIGH, cwe=(613, 672, 287, 304), owasp="API2:2023", on=WRITES | READS, public=True)


NO_TOKEN = "no-channel: who is dead is not logged in; say the token it held as its key, with an `auth` without `login`"


def _own(control: Control, role: str) -> Iterator[Mutant]:
    """The request with the dead account's own key."""
    dead = control.roles[role]
    channel = control.channels.get(dead.auth, control.channel)
    if dead.key and not channel.login:
        yield control.as_role(role)


def _shown(control: Control, role: str) -> Iterator[Mutant]:
    """The same of a read: refused, or shown what a guest is."""
    yield from (replace(one, expect=Expect.GUEST_VIEW, forbids=OPENED) for one in _own(control, role))


@FAMILY.mutation(needs=("inactive",), on=WRITES, none=NO_TOKEN, smoke="once")
def inactive_account(control: Control) -> Iterator[Mutant]:
    """An account that was switched off sends it with its own key."""
    yield from _own(control, "inactive")


@FAMILY.mutation(needs=("inactive",), on=WRITES, named=True, smoke="once")
def inactive_name_arbitrary_key(control: Control) -> Iterator[Mutant]:
    """The name is that of an account that was switched off, the key an arbitrary word."""
    if control.roles["inactive"].username:
        yield control.signed(username=control.name_of("inactive"), key="anything_here")


@FAMILY.mutation(needs=("revoked",), on=WRITES, none=NO_TOKEN)
def revoked_key(control: Control) -> Iterator[Mutant]:
    """An account sends it with a key that was taken back."""
    yield from _own(control, "revoked")


@FAMILY.mutation(needs=("rotated",), on=WRITES, none=NO_TOKEN)
def rotated_key(control: Control) -> Iterator[Mutant]:
    """An account sends it with a key that a newer one replaced."""
    yield from _own(control, "rotated")


@FAMILY.mutation(needs=("expired",), on=WRITES, none=NO_TOKEN)
def expired_key(control: Control) -> Iterator[Mutant]:
    """An account sends it with a key whose time is over."""
    yield from _own(control, "expired")


@FAMILY.mutation(needs=("inactive",), on=READS, none=NO_TOKEN)
def inactive_account_on_read(control: Control) -> Iterator[Mutant]:
    """An account that was switched off reads with its own key."""
    yield from _shown(control, "inactive")


@FAMILY.mutation(needs=("revoked",), on=READS, none=NO_TOKEN)
def revoked_key_on_read(control: Control) -> Iterator[Mutant]:
    """An account reads with a key that was taken back."""
    yield from _shown(control, "revoked")


@FAMILY.mutation(needs=("rotated",), on=READS, none=NO_TOKEN)
def rotated_key_on_read(control: Control) -> Iterator[Mutant]:
    """An account reads with a key that a newer one replaced."""
    yield from _shown(control, "rotated")


@FAMILY.mutation(needs=("expired",), on=READS, none=NO_TOKEN)
def expired_key_on_read(control: Control) -> Iterator[Mutant]:
    """An account reads with a key whose time is over."""
    yield from _shown(control, "expired")
