"""Guest write: without a credential nothing can be created, changed or deleted.

## Why it matters

An API that lets guests read the release list has a branch that lets guests in, and each write depends on that branch
staying shut. One route added without its guard, or one shortcut for "our own pages", and anybody can publish a
download. The hole in python.org's release API grew out of such a branch: a hook was overridden to admit guests, and
the check of the key went through the same hook.

## How the verdict is reached

First the entitled identity sends the request, and its effect is read back: only then does a refusal mean something.
Then it is sent with no credential, with an empty one, and with small signs of trust that no server should believe (a
header that calls the caller a guest, a browser, a page of the site, an internal client; a CSRF token that we made up
ourselves). 401 or 403 with the state unchanged is HELD. An object that was made, changed or deleted is BYPASSED,
whatever the status. Operations that guests may use (`public:` in the target file) are not asked.

## How to fix it

Refuse by default, and open single reads by name. Take nothing but a checked credential for an identity.

Django REST Framework, in the settings rather than view by view:

    REST_FRAMEWORK = {"DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticatedOrReadOnly"]}

tastypie: its plain `Authentication()` and `Authorization()` let everybody in. Name others in every `Meta`:

    authentication = ApiKeyAuthentication()
    authorization = DjangoAuthorization()

FastAPI, on the router, so that a new route is guarded when nobody thinks of it:

    writes = APIRouter(dependencies=[Depends(require_account)])

Flask, before any view:

    @api.before_request
    def guard() -> None:
        if request.method not in {"GET", "HEAD", "OPTIONS"} and account_of(request) is None:
            abort(401)

## References

- CWE-306 (no authentication for a critical function), CWE-862 (no authorization)
- OWASP API Security Top 10 2023: API2, API5; OWASP WSTG-ATHZ-02; OWASP ASVS 5: 8.2.1; CAPEC-1
- python.org release API, 2026: github.com/python/pythondotorg, pull requests 2946 and 3015
"""

from collections.abc import Iterator

from harness.family import Control, Family, Mutant, Severity

FAMILY = Family(severity=Severity.CRITICAL, cwe=(306, 862), owasp="API5:2023")

CSRF_TOKEN = "7f3a91c05d2e4b687f3a91c05d2e4b68"
"""Of the length that Django's have, and fixed, so that a re-run sends the same bytes."""


@FAMILY.mutation(smoke="kind")
def no_header(control: Control) -> Iterator[Mutant]:
    """There is no credential at all."""
    yield control.unsigned()


@FAMILY.mutation
def empty_header(control: Control) -> Iterator[Mutant]:
    """The credential's header is there, and empty."""
    yield control.written("")


@FAMILY.mutation
def word_guest(control: Control) -> Iterator[Mutant]:
    """The credential's header says `Guest`."""
    yield control.written("Guest")


@FAMILY.mutation(parent="no-header")
def guest_in_query(control: Control) -> Iterator[Mutant]:
    """No credential, and the query says `guest=1`."""
    yield control.unsigned().with_query("guest", "1")


@FAMILY.mutation(parent="no-header")
def guest_in_header(control: Control) -> Iterator[Mutant]:
    """No credential, and a header `X-Guest: true`."""
    yield control.unsigned().with_header("X-Guest", "true")


@FAMILY.mutation(parent="no-header")
def same_origin(control: Control) -> Iterator[Mutant]:
    """No credential, and the request claims to come from a page of the site itself."""
    if control.origin:
        yield control.unsigned().with_header("Origin", control.origin).with_header("Referer", f"{control.origin}/")


@FAMILY.mutation(parent="no-header")
def script_request(control: Control) -> Iterator[Mutant]:
    """No credential, and the request claims to come from a script in a browser (`X-Requested-With`)."""
    yield control.unsigned().with_header("X-Requested-With", "XMLHttpRequest")


@FAMILY.mutation(parent="no-header")
def internal_client(control: Control) -> Iterator[Mutant]:
    """No credential, and a User-Agent like that of an internal health check."""
    yield control.unsigned().with_header("User-Agent", "internal-healthcheck/1.0")


@FAMILY.mutation(parent="no-header")
def html_wanted(control: Control) -> Iterator[Mutant]:
    """No credential, and HTML is asked for as a browser does."""
    yield control.unsigned().with_header("Accept", "text/html")


@FAMILY.mutation(parent="no-header")
def own_csrf_token(control: Control) -> Iterator[Mutant]:
    """No credential and no session, and a made-up CSRF token in cookie and header."""
    yield control.unsigned().with_cookie("csrftoken", CSRF_TOKEN).with_header("X-CSRFToken", CSRF_TOKEN)
