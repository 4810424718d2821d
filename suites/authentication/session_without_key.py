"""Session without key: a browser's session does not authorise an API that asks for a key.

## Why it matters

A site and its API often run in one process, and the site's middleware has told who calls before the API's own check
begins. If that check then only asks whether there is a caller, a cookie is enough: no key to give out, none to take
back, and any page that the release manager visits can send the request for them. python.org's API let staff write by
their session, with no key or a malformed one beside it, until the second round of fixes.

## How the verdict is reached

The entitled identity's request is shown to work with its key, and the session is shown to live where the target file
says how (`alive:`, or a login). Then the session's cookies are sent in the key's place: alone, with their CSRF token,
from a foreign origin, in the encodings that a page of another site can send without being asked first, and beside a
key that is malformed, wrong, unknown or an ordinary account's. 401 or 403 with the state unchanged is HELD; 400, 405,
415 or 501 are where the encoding or the method is what changed. An effect is BYPASSED, whatever the status.

The probe that puts the session in the query leaves it in access logs: it is sent for throwaway identities or locally
only. An API that a browser is meant to write to by its session should be accepted in the target file for the first
two mutations alone; the others are forged requests then, and still have to be refused.

## How to fix it

Start from nobody: put aside what the site knows of the caller, and let only the key put somebody in that place.

tastypie: `ApiKeyAuthentication` sets `request.user` on success, and on failure leaves the session's user there. Clear
it first, and leave `SessionAuthentication` out of `MultiAuthentication`:

    def is_authenticated(self, request, **kwargs):
        request.user = AnonymousUser()
        return super().is_authenticated(request, **kwargs)

Django REST Framework has `SessionAuthentication` among its defaults; say which classes count:

    REST_FRAMEWORK = {"DEFAULT_AUTHENTICATION_CLASSES": ["rest_framework.authentication.TokenAuthentication"]}

FastAPI: `SessionMiddleware` fills `request.session` for every route. Keep it off the API by mounting that as an
application of its own, and depend on the header:

    app.mount("/api", api)  # `api` has no SessionMiddleware

Flask: do not ask Flask-Login's `current_user` in the API's blueprint; it may come from the cookie. Ask the header:

    account = account_of(request.headers.get("Authorization", ""))
    if account is None:
        abort(401)

Where sessions must write, ask for a CSRF token on every unsafe method, and for `application/json` as the type.

## References

- CWE-288 (an alternate channel), CWE-352 (cross-site request forgery), CWE-287 (improper authentication)
- OWASP API Security Top 10 2023: API2; OWASP ASVS 5: 3.5.1, 3.5.2; OWASP WSTG-SESS-05; CAPEC-62
- python.org release API, 2026: github.com/python/pythondotorg, commits 22847c5b and 18732c93
"""

from collections.abc import Iterator
from dataclasses import replace

from harness.family import WRITES_WITH_BODY, Control, Expect, Family, Mutant, Part, Severity

FAMILY = Family(severity=Severity.HIGH, cwe=(288, 352, 287), owasp="API2:2023", needs=("admin", "session"))

ARBITRARY = "anything_here"
NOBODY = "nobody-7f3a91c05d2e4b68"
FOREIGN = "https://evil.example"


def _cookies(control: Control) -> Iterator[Mutant]:
    """The session in the key's place; nothing where sessions are the documented way."""
    if control.channel.place != "cookie":
        yield control.as_role("session")


def _beside(control: Control, value: str | Part) -> Iterator[Mutant]:
    """The session, and this in the header where the key belongs."""
    if control.channel.place == "header":
        yield control.as_role("session").with_header(control.channel.header, value)


def _cookie_name(control: Control) -> str | None:
    """What the session's own cookie is called."""
    session = control.roles["session"]
    channel = control.channels.get(session.auth)
    names = [*dict(session.cookies), *(dict(channel.parameters) if channel else ())]
    return next(iter(names), None)


@FAMILY.mutation(smoke="once")
def cookie_alone(control: Control) -> Iterator[Mutant]:
    """The session's cookies, and no key."""
    yield from _cookies(control)


@FAMILY.mutation(none="no-fixture: the session has no cookie with a CSRF token")
def cookie_and_csrf_token(control: Control) -> Iterator[Mutant]:
    """The session's cookies with their CSRF token in its header, and no key."""
    session = control.roles["session"]
    for name, _ in session.cookies[1:]:
        header = next((one for word, one in _TOKEN_HEADERS.items() if word in name.lower()), None)
        if header:
            token = Part(of=session.name, kind=f"cookie:{name}")
            yield from (one.with_header(header, token).named(case=name) for one in _cookies(control))


_TOKEN_HEADERS = {"csrf": "X-CSRFToken", "xsrf": "X-XSRF-TOKEN"}


@FAMILY.mutation(parent="cookie-alone")
def foreign_origin(control: Control) -> Iterator[Mutant]:
    """The session's cookies, sent by a page of another site."""
    yield from (one.with_header("Origin", FOREIGN) for one in _cookies(control))


@FAMILY.mutation(parent="cookie-alone", on=WRITES_WITH_BODY)
def plain_text_body(control: Control) -> Iterator[Mutant]:
    """The session's cookies, and the JSON body calls itself plain text."""
    yield from (one.encoded("text").accepting(400, 415) for one in _cookies(control))


@FAMILY.mutation(parent="cookie-alone", on=WRITES_WITH_BODY)
def form_body(control: Control) -> Iterator[Mutant]:
    """The session's cookies, and the body is a form."""
    yield from (one.encoded("form").accepting(400, 415) for one in _cookies(control))


@FAMILY.mutation(parent="cookie-alone", smoke="once")
def malformed_key(control: Control) -> Iterator[Mutant]:
    """The session's cookies, and a credential that ends before its key."""
    value = control.channel.value(control.username, "", "name")
    if value:
        yield from (one.accepting(400) for one in _beside(control, value))


@FAMILY.mutation(parent="cookie-alone", smoke="once")
def wrong_key(control: Control) -> Iterator[Mutant]:
    """The session's cookies, and the account's name with an arbitrary key."""
    yield from _beside(control, control.channel.value(control.username, ARBITRARY))


@FAMILY.mutation(parent="cookie-alone", named=True)
def unknown_name(control: Control) -> Iterator[Mutant]:
    """The session's cookies, and a name that no account has with an arbitrary key."""
    yield from _beside(control, control.channel.value(NOBODY, ARBITRARY))


@FAMILY.mutation(needs=("low",), parent="cookie-alone")
def low_key(control: Control) -> Iterator[Mutant]:
    """The session's cookies, and an ordinary account's valid credential."""
    low = control.roles["low"]
    if low.key and low.auth == control.identity.auth and not control.channel.encoded:
        before, _, after = control.channel.value(low.username or "", "{key}").partition("{key}")
        yield from _beside(control, replace(control.key_of("low"), before=before, after=after))


@FAMILY.mutation(parent="cookie-alone")
def empty_header(control: Control) -> Iterator[Mutant]:
    """The session's cookies, and an empty header where the key belongs."""
    yield from _beside(control, "")


@FAMILY.mutation(parent="cookie-alone")
def other_scheme(control: Control) -> Iterator[Mutant]:
    """The session's cookies, and a header of another scheme."""
    if control.channel.scheme:
        other = "Token" if control.channel.scheme.lower() == "bearer" else "Bearer"
        yield from _beside(control, f"{other} {ARBITRARY}")


@FAMILY.mutation(parent="cookie-alone")
def method_override(control: Control) -> Iterator[Mutant]:
    """The session's cookies on a GET that asks to be taken for the write."""
    for one in _cookies(control):
        override = one.by_method("GET").with_header("X-HTTP-Method-Override", control.operation.method)
        yield replace(override, expect=Expect.GUEST_VIEW).accepting(400, 405, 501)


@FAMILY.mutation(exposes=True)
def session_in_query(control: Control) -> Iterator[Mutant]:
    """The session stands in the query, under its cookie's name."""
    name, session = _cookie_name(control), control.roles["session"]
    if name and control.channel.place != "cookie":
        part = Part(of=session.name, kind=f"cookie:{name}")
        yield replace(control.unsigned().with_query(name, part), actor=session.name)
