"""Login password: nobody gets a token without the very password of the account.

## Why it matters

Where a login hands out tokens, all other checks rest on it, and it compares something that strangers send. What they
leave out, or send as another type, takes paths that nobody meant. An LDAP directory takes a bind with a name and an
empty password for an anonymous one and says that it went well (RFC 4513): whoever only asks whether it did lets
everybody in. A document database takes `{"$ne": ""}` in the place of the password for a condition, which every account
fulfils. An account that was made without a password may hold null or an empty text, which equals what is missing.

## How the verdict is reached

The entitled identity logs in as the target file says (`login:`): it gets a token. Then its name is sent with another
password: bent, empty, missing, and, where the login takes JSON, null or a value of another type. BYPASSED is a token in
the answer, whatever the status. Where a read tells a living token from a bent one, the token has to be served there,
too; where none does and a bent password gets a token as well, nothing is told. Any 4xx without a token is HELD if the
right password still gets one afterwards, and a crash that comes twice is CRASHED. No token that is got this way is
used for anything else.

## How to fix it

Say what a login takes, refuse everything else before anything is looked up, and hash what was sent, whatever it is.

Django: `authenticate()` compares hashes, and an unusable password never matches. A backend of your own has to refuse
what is empty before it asks a directory:

    if not isinstance(password, str) or not password:
        return None

Django REST Framework: `CharField()` refuses what is blank, but takes a number for a text; ask for `str` in
`to_internal_value`. tastypie has no login: the view of your own in front of it needs the same two lines.

FastAPI: a model with strict types, `password: Annotated[str, Field(strict=True, min_length=1)]`. Flask: check the type
of what `request.get_json()` gives before it goes into a query.

In any of them, never put a value of the body into a query object as it came.

## References

- CWE-287 (improper authentication), CWE-303 (a wrong implementation of an algorithm), CWE-943 (data that becomes part
  of a query), CWE-20, CWE-1286 (validation of the input, and of its form)
- OWASP API Security Top 10 2023: API2; OWASP ASVS 5: 2.2.1; OWASP WSTG-ATHN-04
- RFC 4513: what a directory makes of a bind without a password
"""

from collections.abc import Iterator

from harness.family import Control, Family, Mutant, Severity

FAMILY = Family(severity=Severity.CRITICAL, cwe=(287, 303, 943, 20, 1286), owasp="API2:2023", logins=True)


@FAMILY.mutation(smoke="once")
def bent(control: Control) -> Iterator[Mutant]:
    """The password differs in its last character."""
    yield control.logging_in("bent")


@FAMILY.mutation(smoke="once")
def empty(control: Control) -> Iterator[Mutant]:
    """The password is empty."""
    yield control.logging_in("empty")


@FAMILY.mutation
def missing(control: Control) -> Iterator[Mutant]:
    """The field of the password is left out."""
    yield control.logging_in("missing")


@FAMILY.mutation(none="no-field")
def null(control: Control) -> Iterator[Mutant]:
    """The password is null."""
    if control.json_login:
        yield control.logging_in("null")


@FAMILY.mutation(none="no-field")
def other_type(control: Control) -> Iterator[Mutant]:
    """The password is no text: a switch, a number, a list, an object that reads as a condition."""
    for kind in ("true", "zero", "list", "condition") if control.json_login else ():
        yield control.logging_in(kind).named(case=kind)
