"""Foreign key: a valid key authenticates the account that it belongs to, and no other.

## Why it matters

Two questions have to be one: does the key exist, and is it *this* account's? A server that asks them apart lets
anybody with a key of their own act as anybody whose name they know. On the vulnerable python.org an ordinary user's
valid key beside an administrator's name published a release file.

## How the verdict is reached

The entitled identity's request is shown to work. Then name and key are taken from different accounts, each of them
real: the privileged name with another's key, another name with the privileged key. 401 or 403 with the state
unchanged is HELD; an effect is BYPASSED, whatever the status. The ordinary account is shown to be alive first,
otherwise its key would be no better than an invented one.

A server may know its callers by the key alone and not look at the name. That is a design, though not a claim that a
name in the credential is checked: the probes that carry the privileged key then act as its owner and are reported.
Leave the name out of the credential, refuse a name that is not the owner's, or accept those findings in the target
file with this reason.

## How to fix it

Look up by both, or look up by the key and compare the owner with the name.

tastypie: keep `get_key(user, api_key)` a question about *that* user; a key that somebody has is not enough:

    ApiKey.objects.filter(user=user, key=api_key).exists()

Django REST Framework: return the key's owner, and refuse a name that differs:

    token = Token.objects.select_related("user").get(key=key)
    if token.user.get_username() != name:
        raise AuthenticationFailed("wrong name or key")

FastAPI and Flask: take the account from the check, never from the request again:

    owner = owner_of(key)
    if owner is None or owner.username != name:
        raise HTTPException(401)  # Flask: abort(401)

## References

- CWE-287 (improper authentication), CWE-290 (bypass by spoofing), CWE-639 (a key that the user controls)
- OWASP API Security Top 10 2023: API2; OWASP ASVS 5: 8.3.1; CAPEC-115
- python.org release API, 2026: github.com/python/pythondotorg, pull request 2946, commit 22847c5b
"""

from collections.abc import Iterator

from harness.family import Control, Family, Mutant, Part, Severity

FAMILY = Family(severity=Severity.CRITICAL, cwe=(287, 290, 639), owasp="API2:2023")

NOBODY = "nobody-7f3a91c05d2e4b68"


@FAMILY.mutation(needs=("low",), named=True, smoke="once")
def low_key(control: Control) -> Iterator[Mutant]:
    """The privileged name with an ordinary account's valid key."""
    if control.roles["low"].key:
        yield control.signed(key=control.key_of("low"))


@FAMILY.mutation(needs=("low",), named=True, smoke="once")
def low_name(control: Control) -> Iterator[Mutant]:
    """An ordinary account's name with the privileged key."""
    low = control.roles["low"]
    if low.username:
        yield control.signed(username=Part(of=low.name, kind="username"))


@FAMILY.mutation(needs=("admin2",), named=True)
def second_admin_key(control: Control) -> Iterator[Mutant]:
    """The privileged name with another privileged account's valid key."""
    if control.roles["admin2"].key:
        yield control.signed(key=control.key_of("admin2"))


@FAMILY.mutation(named=True)
def unknown_name(control: Control) -> Iterator[Mutant]:
    """A name that no account has, with the privileged key."""
    yield control.signed(username=NOBODY)


@FAMILY.mutation(named=True)
def empty_name(control: Control) -> Iterator[Mutant]:
    """An empty name with the privileged key."""
    yield control.signed(username="")
