"""Malformed key: a key of the wrong shape is refused like any other wrong key, and nothing falls over on it.

## Why it matters

A key check is written with keys in mind. What it does with eight thousand characters, with a colon, an umlaut or a
JSON object is decided by whatever it calls: a split that gives three parts, a comparison that raises, a query
language that takes a quote or a `$ne` for its own. An error there is a way out of the check that nobody thought of,
and on a vulnerable server some of those ways lead in. A key with a third part behind it was as good as any other on
python.org until February 2026.

## How the verdict is reached

The entitled identity's request is shown to work, and its real name is kept. The key is an arbitrary word in an odd
shape: too short, too long, with blanks, colons, quotes, escapes, in base64, as a pattern, or as a text that a database,
a directory or a template might take for its own language. Where the credential is a field of a JSON body, the key is
also sent as a number, a list and an object. Each is one request that is refused or is not; no data is fetched. 401 or
403 with the state unchanged is HELD, and so are 400 and 431, for the shape itself may be what is refused (414 in an
address, 422 for another JSON type). An effect is BYPASSED, whatever the status; a crash that comes again is CRASHED.
HTTP drops blanks at the end of a header, so the key with a space behind may arrive without it.

## How to fix it

Ask for one shape, say 40 hexadecimal digits, before anything is done with the key, and refuse the rest as a wrong
key. Hand it to queries as a parameter only, and compare bytes: `compare_digest` raises for texts beyond ASCII.

    if not (isinstance(key, str) and re.fullmatch("[0-9a-f]{40}", key)):
        return None  # refused as any wrong key is

Django REST Framework: the check above ends in `AuthenticationFailed`, never in an exception of another kind, since
that would be a 500.

    raise AuthenticationFailed("wrong name or key")

tastypie: split once, and keep what is behind the second colon in the key, where it makes the key wrong:

    name, colon, key = self.get_authorization_data(request).partition(":")

FastAPI: declare a credential in the body as text with a pattern, so that no object or number gets further.

    ApiKey = Annotated[str, StringConstraints(pattern="^[0-9a-f]{40}$")]

Flask: what `request.get_json()` gives is of any type. Look before using it:

    key = body.get("api_key")
    if not isinstance(key, str) or not well_formed(key):
        abort(401)

## References

- CWE-20 (input not validated), CWE-89, CWE-943 (a query's own language in the input), CWE-248 (exception not caught),
  CWE-697 (comparison)
- OWASP API Security Top 10 2023: API2; OWASP WSTG-ATHN-04; OWASP ASVS 5: 2.2.1, 16.5.3
- python.org release API, 2026: github.com/python/pythondotorg, commits 22847c5b and 18732c93
"""

import base64
from collections.abc import Iterator
from urllib.parse import quote

from harness.family import WRITES_WITH_BODY, Control, Family, Mutant, Part, Severity

FAMILY = Family(severity=Severity.HIGH, cwe=(20, 89, 943, 248, 697), owasp="API2:2023")

ARBITRARY = "anything_here"
PERCENT = "".join(f"%{ord(char):02x}" for char in ARBITRARY)


def _with_key(control: Control, key: str) -> Mutant:
    """The real name with this key; the shape itself may be what is refused, and outside a header an address may be too
    long."""
    mutant = control.signed(key=key).accepting(400, 431)
    return mutant if control.channel.place == "header" else mutant.accepting(414)


@FAMILY.mutation
def odd_length(control: Control) -> Iterator[Mutant]:
    """The key is one character, or hundreds or thousands of them."""
    for length in (1, 256, 4096, 8000):
        yield _with_key(control, "7" * length).named(case=str(length))


@FAMILY.mutation
def blank_in_key(control: Control) -> Iterator[Mutant]:
    """The key has a blank in it or around it."""
    yield _with_key(control, f" {ARBITRARY}").named(case="space-in-front")
    yield _with_key(control, f"{ARBITRARY} ").named(case="space-behind")
    yield _with_key(control, "anything here").named(case="space")
    yield _with_key(control, "anything\there").named(case="tab")


@FAMILY.mutation
def extra_colon(control: Control) -> Iterator[Mutant]:
    """The key has a colon more than a credential has."""
    yield _with_key(control, f"{ARBITRARY}:extra").named(case="third-part")
    yield _with_key(control, f"{ARBITRARY}:").named(case="behind")
    yield _with_key(control, f":{ARBITRARY}").named(case="in-front")


@FAMILY.mutation
def escaped_key(control: Control) -> Iterator[Mutant]:
    """The key is written in percent signs."""
    yield _with_key(control, PERCENT).named(case="once")
    yield _with_key(control, quote(PERCENT)).named(case="twice")


@FAMILY.mutation
def base64_key(control: Control) -> Iterator[Mutant]:
    """The key is a name and a key in base64."""
    plain = f"{control.username}:{ARBITRARY}~~~~~".encode()
    # Filled up so that there is padding to leave out; enough tildes in a row make a `+`, which is `-` in URLs.
    plain += b"~" * ((1 - len(plain)) % 3)
    padded = base64.b64encode(plain).decode()
    yield _with_key(control, padded).named(case="padded")
    yield _with_key(control, padded.rstrip("=")).named(case="unpadded")
    yield _with_key(control, base64.urlsafe_b64encode(plain).decode()).named(case="of-urls")


@FAMILY.mutation
def enclosed_key(control: Control) -> Iterator[Mutant]:
    """The key stands in quotes or angle brackets."""
    yield _with_key(control, f'"{ARBITRARY}"').named(case="quotes")
    yield _with_key(control, f"<{ARBITRARY}>").named(case="angle-brackets")


@FAMILY.mutation
def query_language(control: Control) -> Iterator[Mutant]:
    """The key is a text that a database or directory might read as a part of its question."""
    yield _with_key(control, "' OR '1'='1").named(case="sql-quote")
    yield _with_key(control, '" or ""="').named(case="sql-double-quote")
    yield _with_key(control, "*)(uid=*").named(case="ldap")
    yield _with_key(control, '{"$ne":null}').named(case="mongo")


@FAMILY.mutation
def pattern(control: Control) -> Iterator[Mutant]:
    """The key is a pattern that every key fits."""
    yield _with_key(control, "%").named(case="like-percent")
    yield _with_key(control, "_").named(case="like-underscore")
    yield _with_key(control, ".*").named(case="regex")


@FAMILY.mutation
def template_syntax(control: Control) -> Iterator[Mutant]:
    """The key is an expression that a template would work out."""
    yield _with_key(control, "{{7*7}}")


@FAMILY.mutation
def escaped_line_break(control: Control) -> Iterator[Mutant]:
    """The key has a line break in percent signs."""
    yield _with_key(control, "anything%0d%0ahere")


@FAMILY.mutation(on=WRITES_WITH_BODY, none="no-channel: the key rides in no JSON body")
def json_type(control: Control) -> Iterator[Mutant]:
    """The key is no JSON text: an object, a number or a list."""
    if control.channel.place != "json":
        return
    values = {"object": {"$ne": None}, "integer": 7, "large-integer": 10**40, "nested-list": [[ARBITRARY]]}
    name = Part(of=control.identity.name, kind="username")
    for case, value in values.items():
        mutant = control.unsigned().accepting(400, 422).named(case=case)
        for field, form in control.channel.parameters:
            mutant = mutant.with_field(field, {"{username}": name, "{key}": value}.get(form, form))
        yield mutant
