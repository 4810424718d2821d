"""Malformed authorization: a header that cannot be parsed is a refusal, never a guest's request and never more.

## Why it matters

Between "no credential" and "a wrong one" lies everything that looks like a credential and is none. Parsers fall
through there: a split that fails ends in a handler that goes on without a name, and what stood in the session or in
the query decides. Two programs may also read one header differently, the proxy its first part and the application its
last. python.org's later fix made every header that is not exactly one credential a refusal, after such headers had
counted as a guest's.

## How the verdict is reached

The entitled identity's request is shown to work, then sent with its real name and an arbitrary key in a header that is
not well-formed: without the space or the colon, with other separators, with a comma behind, quoted, doubled, written as
parameters, or as one of `Basic` that does not decode. 401 or 403 with the state unchanged is HELD, and so is 400, as
the header itself may be what is refused (431 for the thousand parameters). An effect is BYPASSED, whatever the status.
One header names a wrong key and behind a comma the valid one: if that works, somebody who holds the key got in by
another spelling, and the finding is WEAK. HTTP drops blanks at both ends of a value, so an empty header and one of
blanks may be the same to a server.

## How to fix it

Parse in one place, with one pattern for the whole value, and let whatever does not fit end in the same refusal as a
wrong key. A guest is who sends no header at all.

    CREDENTIAL = re.compile(r"ApiKey ([!-9;-~]+):([0-9a-f]{40})", re.ASCII)

Django REST Framework: in your own authentication class `return None` means "not mine, go on", so keep it for requests
without the header.

    header = request.headers.get("Authorization")
    if header is None:
        return None
    if (found := CREDENTIAL.fullmatch(header)) is None:
        raise AuthenticationFailed("wrong name or key")

tastypie: a header that `get_authorization_data` cannot read makes `ApiKeyAuthentication` look into query and form.
Look first, and refuse:

    def is_authenticated(self, request, **kwargs):
        header = request.headers.get("Authorization")
        if header is not None and not CREDENTIAL.fullmatch(header):
            return HttpUnauthorized()
        return super().is_authenticated(request, **kwargs)

FastAPI: with `auto_error=False` a header that cannot be read gives None, as no header does. Read the header yourself:

    if not (found := CREDENTIAL.fullmatch(request.headers.get("authorization", ""))):
        raise HTTPException(401)

Flask: `request.authorization` is None for some of these headers; test `"Authorization" in request.headers` to tell a
guest, and `abort(401)` for the rest.

## References

- CWE-287, CWE-303 (authentication done wrongly), CWE-755 (exceptional conditions), CWE-1286 (syntax of the input)
- OWASP API Security Top 10 2023: API2; OWASP ASVS 5: 16.5.3
- python.org release API, 2026: github.com/python/pythondotorg, pull request 3015, commit 18732c93
"""

import base64
from collections.abc import Iterator

from harness.family import Control, Family, Mutant, Outcome, Part, Severity

FAMILY = Family(severity=Severity.HIGH, cwe=(287, 303, 755, 1286), owasp="API2:2023")

ARBITRARY = "anything_here"
FULL_WIDTH_COLON = "\uff1a"


def _octets(text: str) -> str:
    """The text as a header carries it: each byte of its UTF-8 a character."""
    return text.encode().decode("latin-1")


def _made_up(control: Control) -> str:
    """What stands behind the scheme where the key is an arbitrary word; empty where no header carries it."""
    whole = control.channel.value(control.username, ARBITRARY) if control.channel.place == "header" else ""
    return _octets(whole.removeprefix(_scheme(control)))


def _scheme(control: Control) -> str:
    return f"{control.channel.scheme} " if control.channel.scheme else ""


def _written(control: Control, value: str) -> Mutant:
    return control.written(value).accepting(400)


def _authorized(control: Control, value: str) -> Mutant:
    """This in `Authorization`, with nothing in the place where the target's own keys ride."""
    if control.channel.header.lower() == "authorization":
        return _written(control, value)
    return control.unsigned().with_header("Authorization", value).accepting(400)


@FAMILY.mutation
def separator(control: Control) -> Iterator[Mutant]:
    """Between the scheme and the rest there is not exactly one space."""
    scheme, rest = control.channel.scheme, _made_up(control)
    if scheme and rest:
        yield _written(control, f"{scheme}{rest}").named(case="none")
        yield _written(control, f"{scheme}  {rest}").named(case="two-spaces")
        yield _written(control, f"{scheme}\t{rest}").named(case="tab")


@FAMILY.mutation
def comma_behind(control: Control) -> Iterator[Mutant]:
    """There is a comma behind the credential."""
    if rest := _made_up(control):
        yield _written(control, f"{_scheme(control)}{rest},")


@FAMILY.mutation(named=True, smoke="once")
def other_colon(control: Control) -> Iterator[Mutant]:
    """Between name and key there is something other than a colon, or nothing but the colon is there."""
    if control.channel.form != "{username}:{key}" or control.channel.encoded:
        return
    colons = {"space": " ", "equals": "=", "semicolon": ";", "escaped": "%3A", "full-width": _octets(FULL_WIDTH_COLON)}
    for case, colon in colons.items():
        value = f"{_scheme(control)}{_octets(control.username)}{colon}{ARBITRARY}"
        yield _written(control, value).named(case=case)
    yield _written(control, f"{_scheme(control)}:").named(case="alone").in_smoke()


@FAMILY.mutation
def parameters(control: Control) -> Iterator[Mutant]:
    """Name and key are written as parameters, alone or in front of a thousand others."""
    if not (control.channel.scheme and control.username and _made_up(control)):
        return
    two = f'{_scheme(control)}username="{_octets(control.username)}", key="{ARBITRARY}"'
    yield _written(control, two).named(case="two")
    thousand = ",".join((two, *(f"p{number}=1" for number in range(1000))))
    yield _written(control, thousand).accepting(431).named(case="thousand")


@FAMILY.mutation(worst=Outcome.WEAK)
def valid_behind_comma(control: Control) -> Iterator[Mutant]:
    """A credential with an arbitrary key and, behind a comma, the valid one."""
    rest, channel = _made_up(control), control.channel
    if rest and not channel.encoded:
        before, _, after = channel.form.replace("{username}", _octets(control.username)).partition("{key}")
        second = f"{_scheme(control)}{rest}, {_scheme(control)}{before}"
        key = Part(of=control.identity.name, before=second, after=after)
        yield control.unsigned().with_header(channel.header, key).accepting(400)


@FAMILY.mutation
def scheme_twice(control: Control) -> Iterator[Mutant]:
    """The word of the scheme stands there twice."""
    rest, scheme = _made_up(control), _scheme(control)
    if rest and scheme:
        yield _written(control, f"{scheme}{scheme}{rest}")


@FAMILY.mutation
def quoted_whole(control: Control) -> Iterator[Mutant]:
    """The whole credential stands in quotes."""
    if rest := _made_up(control):
        yield _written(control, f'"{_scheme(control)}{rest}"')


@FAMILY.mutation
def blank_value(control: Control) -> Iterator[Mutant]:
    """The header is there and holds nothing, or spaces alone."""
    if control.channel.place == "header":
        yield _written(control, "").named(case="empty")
        yield _written(control, "   ").named(case="spaces")


@FAMILY.mutation
def other_basic(control: Control) -> Iterator[Mutant]:
    """The credential is one of `Basic` that does not decode, or holds the real name without its key."""
    if control.channel.place != "header":
        return
    name = control.username.encode()
    cases = {"no-text": b"\xff\xfe:\xff"}
    if name:
        cases["no-colon"] = name
    if name and control.channel.scheme.lower() != "basic":
        cases |= {"empty-key": name + b":", "arbitrary-key": name + b":" + ARBITRARY.encode()}
    yield _authorized(control, "Basic %%garbage%%").named(case="no-base64")
    for case, plain in cases.items():
        yield _authorized(control, f"Basic {base64.b64encode(plain).decode()}").named(case=case)


@FAMILY.mutation
def header_name_case(control: Control) -> Iterator[Mutant]:
    """The header's name is in capitals or small letters, its key an arbitrary word."""
    header, rest = control.channel.header, _made_up(control)
    for case, name in (("lower", header.lower()), ("upper", header.upper())):
        if rest and name != header:
            yield control.unsigned().with_header(name, f"{_scheme(control)}{rest}").named(case=case)
