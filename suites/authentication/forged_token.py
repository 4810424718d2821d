"""Forged token: a signed token is taken only with the signature that its issuer made.

## Why it matters

A JSON Web Token brings along the name of the algorithm by which it wants to be checked. A server that believes this
word takes a token whose algorithm is `none` and which nobody signed, and a server that only decodes tokens takes
anything. Who has ever seen a token, were it one of their own, writes any name and any role into it. Tokens signed with
the empty secret of a setting that was never made, or with the secret of an example, open the door in the same way.

## How the verdict is reached

The entitled identity's request is shown to work with its token. Then the same claims go out again: without a
signature, under a header that says `none`, in odd letters too, and signed with the empty secret and with the word
`secret`. Where the target file says which claim names the caller (`jwt: {subject: CLAIM}`), one made from nothing goes
out, too. The claims are true and their time is not over, so nothing but the signature can be what is refused. 401 or
403, or 400 for the shape, with the state unchanged is HELD; an effect is BYPASSED, whatever the status. Where the key
is no such token, there is nothing to forge, and the probes are not applicable. Public keys taken for secrets are not
tried.

## How to fix it

Give the library the one algorithm that you sign with, and never the one that the token names.

FastAPI and Flask, with PyJWT; a missing secret has to stop the start, not the check:

    claims = jwt.decode(token, os.environ["TOKEN_SECRET"], algorithms=["HS256"], options={"require": ["exp", "sub"]})

Django REST Framework: in the settings of simplejwt name `ALGORITHM` and a `SIGNING_KEY` of 32 random bytes or more:

    SIMPLE_JWT = {"ALGORITHM": "HS256", "SIGNING_KEY": os.environ["TOKEN_SECRET"]}

tastypie: an `Authentication` of your own calls the same function, and takes every exception of it for a refusal:

    try:
        request.user = user_of(jwt.decode(token, SECRET, algorithms=["HS256"]))
    except jwt.InvalidTokenError:
        return HttpUnauthorized()

## References

- CWE-347 (signature not verified), CWE-345 (authenticity not verified), CWE-287 (improper authentication)
- OWASP API Security Top 10 2023: API2; OWASP ASVS 5: 9.1.1, 9.1.2; OWASP WSTG-SESS-10
- RFC 7519, section 6 (unsecured tokens); RFC 8725, section 3.1 (which algorithms to take)
"""

from collections.abc import Iterator

from harness.family import Bend, Control, Family, Mutant, Severity

FAMILY = Family(severity=Severity.CRITICAL, cwe=(347, 345, 287), owasp="API2:2023")


def _forged(control: Control, bent: Bend) -> Mutant:
    """The token bent that way; its shape itself may be what is refused."""
    return control.signed(key=control.own_key(bent)).accepting(400)


@FAMILY.mutation
def no_signature(control: Control) -> Iterator[Mutant]:
    """The token ends where its signature would begin."""
    yield _forged(control, Bend.UNSIGNED)


@FAMILY.mutation
def algorithm_none(control: Control) -> Iterator[Mutant]:
    """The token's header says that it is not signed."""
    yield _forged(control, Bend.ALG_NONE).named(case="unsigned")
    yield _forged(control, Bend.ALG_NONE_MIXED).named(case="odd-letters")
    yield _forged(control, Bend.ALG_NONE_SIGNED).named(case="signed")


@FAMILY.mutation
def guessed_secret(control: Control) -> Iterator[Mutant]:
    """The token is signed with a secret that everybody knows."""
    yield _forged(control, Bend.EMPTY_SECRET).named(case="empty")
    yield _forged(control, Bend.WELL_KNOWN_SECRET).named(case="secret")


@FAMILY.mutation(
    none="no-channel: no login of the target file says which claim names the owner, as `jwt: {subject: sub}`"
)
def made_up(control: Control) -> Iterator[Mutant]:
    """A token that nobody issued names the entitled identity."""
    if token := control.made_up_token():
        yield control.signed(key=token).accepting(400)
