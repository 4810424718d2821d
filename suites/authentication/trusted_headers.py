"""Trusted headers: a header that says who calls gives nobody that one's rights.

## Why it matters

Where a proxy logs people in, it tells the application behind it who they are, in a header such as `X-Remote-User` or
`X-Forwarded-User`. The application believes it, for nobody else was to speak to it. Then a second way to the
application is opened, an ingress that passes headers on, a port that is not shut, a test server without the proxy, and
the name of a release manager in a header is all that it takes: no key, no password. The code that reads the header
often outlives the proxy by years. Where a request came from is told in such headers, too, and whoever calls from the
same machine is often asked for nothing: OctoPrint let in who wrote its own address into `X-Forwarded-For`
(CVE-2024-32977). And a mark by which a server knows its own requests was all that Next.js asked for to leave out its
check (CVE-2025-29927).

## How the verdict is reached

The entitled identity's request is shown to work, with its own credential. Then the same request is sent with no
credential at all and that identity's name in one header, for each of those by which usual proxies tell it; with an
address of the server's own machine in one; and with a mark of the requests that servers make to themselves. 401 or 403
with the state unchanged is HELD; an effect is BYPASSED, whatever the status. Where accounts have no names there is no
name to send. That an ordinary account adds a header to its own credential is asked by low-privilege-write.

## How to fix it

Believe such a header only from the proxy that sets it: let the proxy drop what came from outside, and let the
application listen where nobody but the proxy reaches it. Where there is no proxy that logs people in, remove the code.

Django: `RemoteUserMiddleware` reads `REMOTE_USER`, which only the server sets; the `header` of a subclass that begins
with `HTTP_` is whatever the caller sent.

    MIDDLEWARE = [one for one in MIDDLEWARE if not one.endswith("RemoteUserMiddleware")]

tastypie and Django REST Framework: `RemoteUserAuthentication` has no place among `authentication_classes` of an API
that keys guard; `request.META["HTTP_X_REMOTE_USER"]` in a class of your own neither.

FastAPI and Flask: take the name from the session or the key, never from `request.headers`; behind a proxy, ask for a
secret that the proxy adds:

    if not secrets.compare_digest(request.headers.get("X-Proxy-Secret", ""), PROXY_SECRET):
        name = None

## References

- CWE-287 (authentication done wrongly), CWE-290 (spoofing), CWE-807 (untrusted input in a decision)
- OWASP API Security Top 10 2023: API2, API8; OWASP ASVS 5: 4.1.3
- OctoPrint, CVE-2024-32977; Next.js, CVE-2025-29927
"""

from collections.abc import Iterator

from harness.family import Control, Family, Mutant, Part, Severity

FAMILY = Family(severity=Severity.CRITICAL, cwe=(287, 290, 807), owasp="API2:2023")

HEADERS = (
    *("X-Remote-User", "Remote-User", "X-Forwarded-User", "X-User", "X-Username", "X-Authenticated-User"),
    *("X-Auth-Request-User", "X-Forwarded-Email", "X-Webauth-User", "X-Forwarded-Preferred-Username"),
    *("X-Authentik-Username", "X-Goog-Authenticated-User-Email"),
)


FROM_WITHIN = (
    ("X-Forwarded-For", "127.0.0.1"),
    ("X-Real-IP", "127.0.0.1"),
    ("X-Client-IP", "127.0.0.1"),
    ("Forwarded", "for=127.0.0.1"),
)
INTERNAL = (
    ("X-Middleware-Subrequest", ":".join(["middleware"] * 5)),
    ("X-Internal-Request", "true"),
)


@FAMILY.mutation
def name_in_header(control: Control) -> Iterator[Mutant]:
    """A guest sends the real name in a header by which a proxy tells who calls."""
    own = {one.header.lower() for one in (control.channel, *control.channels.values())}
    for header in HEADERS if control.username else ():
        if header.lower() not in own:
            name = Part(of=control.identity.name, kind="username")
            yield control.unsigned().with_header(header, name).named(case=header.lower())


@FAMILY.mutation
def address_in_header(control: Control) -> Iterator[Mutant]:
    """A guest says in a header by which a proxy tells where a request came from that it came from this very machine."""
    for header, value in FROM_WITHIN:
        yield control.unsigned().with_header(header, value).named(case=header.lower())


@FAMILY.mutation
def marked_as_internal(control: Control) -> Iterator[Mutant]:
    """A guest sends a header by which a server marks the requests that it makes to itself."""
    for header, value in INTERNAL:
        yield control.unsigned().with_header(header, value).named(case=header.lower())
