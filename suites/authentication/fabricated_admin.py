"""Fabricated admin: credentials for accounts that do not exist are refused as wrong keys are.

## Why it matters

What a server does with a name that it cannot find is easily forgotten. It may go on as a guest, as an empty account,
or as whoever stands first in the table; it may take the name for a primary key, a pattern or a null. On python.org
before the first fix an unknown name silently became a guest, and was served as one.

## How the verdict is reached

After the entitled identity's request was seen to work, its name is replaced by one that no account has: a random one,
names that installations come with, and texts that a lookup may read as something else. The key is made up, too. 401
or 403 with the state unchanged is HELD; an effect is BYPASSED, whatever the status; a crash that comes again is
CRASHED. A name that the target file gives to one of its accounts is left out: with it this would be a fabricated key.
If one of the other names does exist on your server, the claim stands all the same, since nobody's key is
`anything_here`.

## How to fix it

Look the account up by one exact field, treat "none" and "more than one" alike as a refusal, and give that refusal the
same answer as a wrong key, so that names cannot be told apart. Ship no account with a known name and key.

Django, with REST Framework or tastypie: `get`, never `filter(...).first()`, and no fallback:

    try:
        account = User.objects.get(username=name, is_active=True)
    except (User.DoesNotExist, User.MultipleObjectsReturned):
        raise AuthenticationFailed("wrong name or key") from None

FastAPI: a dependency that may answer None is a guest in disguise. Let it raise:

    account = accounts.get(name)
    if account is None or not account.has_key(key):
        raise HTTPException(401)

Flask: in Flask-Login a `request_loader` that answers None means an anonymous user, not a refusal. Guard the writes
with `@login_required`, or end the request there:

    if account is None or not account.has_key(key):
        abort(401)

## References

- CWE-287 (improper authentication), CWE-289 (bypass by an alternate name)
- OWASP API Security Top 10 2023: API2; OWASP ASVS 5: 6.3.2
- python.org release API, 2026: github.com/python/pythondotorg, pull request 2946, commit 22847c5b
"""

from collections.abc import Iterator

from harness.family import Bend, Control, Family, Mutant, Severity

FAMILY = Family(severity=Severity.HIGH, cwe=(287, 289), owasp="API2:2023")

ARBITRARY = "anything_here"
NOBODY = "nobody-7f3a91c05d2e4b68"
"""Fixed, so that a re-run sends the same bytes."""

WELL_KNOWN = (
    *("admin", "root", "administrator", "guest", "anonymous", "AnonymousUser", "system"),
    *("null", "0", "-1", "1", "*"),
)


@FAMILY.mutation(named=True, smoke="each")
def random_name(control: Control) -> Iterator[Mutant]:
    """The name is random, the key random and of the right shape."""
    yield control.signed(username=NOBODY, key=control.own_key(Bend.RANDOM_ALIKE))


@FAMILY.mutation(named=True)
def well_known_name(control: Control) -> Iterator[Mutant]:
    """The name is one that systems are delivered with or that lookups misread, the key an arbitrary word."""
    taken = {control.username, *(role.username for role in control.roles.values())}
    for name in WELL_KNOWN:
        if name not in taken:
            yield control.signed(username=name, key=ARBITRARY).named(case=name)
