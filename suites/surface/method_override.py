"""Method override: asking for another method gives nothing that the method itself would refuse.

## Why it matters

Some clients and proxies know only GET and POST, so servers learnt to read the method meant from a header or a field.
Whatever is decided by the method before that (who may read, whether a CSRF token is needed, what a cache may keep)
was then decided about another request than the one carried out. python.org's API let a GET create a release file so,
with a privileged name and any key. tastypie honours the header on every method, and with a valid key a GET still
writes there after all fixes.

## How the verdict is reached

The entitled identity's request is shown to work. Then a GET goes to the same path, and a POST where the operation is
a PUT, PATCH or DELETE, and says in a header or in `_method` which method is meant: as a guest, with a privileged name
and an arbitrary key, and as an ordinary account. 401 or 403 with the state unchanged is HELD; so are 400, 405 and
501, which an override that is not honoured gets, and what a GET shows a guest anyway. An effect is BYPASSED, whatever
the status.

The last mutation carries the valid key on the GET. Its sender is entitled, so an effect is WEAK: a safe method
writes, access logs and caches know of a GET, and pages of other sites can send one. The methods of whole lists are
never asked for, other than POST.

## How to fix it

Take the method from the request line, and have proxies that cannot send it fixed. Where old clients need an override,
let only a POST carry it, to a short list of methods, before anything looks at the method.

tastypie reads `X-HTTP-Method-Override` first of all. Take it away in a base class of your resources:

    def dispatch(self, request_type, request, **kwargs):
        request.META.pop("HTTP_X_HTTP_METHOD_OVERRIDE", None)
        return super().dispatch(request_type, request, **kwargs)

Django REST Framework no longer reads any override; look for middleware of your own that sets `request.method`, and
refuse the header in the proxy, or in Django:

    if any(name in request.headers for name in OVERRIDES):
        return HttpResponseBadRequest()

FastAPI and Flask have none of their own; it comes with a middleware that rewrites the method. Take it out, or bind
it:

    if scope["method"] == "POST" and wanted in {"PUT", "PATCH", "DELETE"}:  # Flask: environ["REQUEST_METHOD"]
        scope["method"] = wanted

## References

- CWE-650 (trust in the method), CWE-436 (conflicting interpretation), CWE-807 (untrusted input in a decision),
  CWE-352 (cross-site request forgery)
- OWASP API Security Top 10 2023: API5; OWASP ASVS 5: 3.5.3, 4.1.4; OWASP WSTG-CONF-06; CAPEC-274
- github.com/django-tastypie/django-tastypie, 351 and 593
"""

from collections.abc import Iterator
from dataclasses import replace

from harness.family import Control, Expect, Family, Mutant, Outcome, Severity

FAMILY = Family(severity=Severity.HIGH, cwe=(650, 436, 807, 352), owasp="API5:2023")

HEADERS = ("X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override", "X-HTTP-Verb")


def _through(control: Control, mutant: Mutant, method: str) -> Iterator[Mutant]:
    """The request sent with another method, in each of the ways to say which one is meant."""
    own, sent = control.operation.method, mutant.by_method(method).accepting(400, 405, 501)
    if method == "GET":
        sent = replace(sent, expect=Expect.GUEST_VIEW)
    via = method.lower()
    for name in HEADERS:
        one = sent.with_header(name, own).named(via=via, case=name.lower())
        yield one.in_smoke() if name == HEADERS[0] and method == "GET" else one
    yield sent.with_query("_method", own).named(via=via, case="query")
    yield sent.with_field("_method", own).encoded("form").accepting(415).named(via=via, case="form")
    if control.channel.place != "form":
        yield sent.with_field("_method", own).named(via=via, case="json")


def _overrides(control: Control, mutant: Mutant) -> Iterator[Mutant]:
    yield from _through(control, mutant, "GET")
    if control.operation.method != "POST":
        yield from _through(control, mutant, "POST")


@FAMILY.mutation
def guest(control: Control) -> Iterator[Mutant]:
    """Another method asks to be taken for this one, with no credential."""
    yield from _overrides(control, control.unsigned())


@FAMILY.mutation(smoke="once")
def arbitrary_key(control: Control) -> Iterator[Mutant]:
    """Another method asks to be taken for this one, with a key that is an arbitrary word."""
    yield from _overrides(control, control.signed(key="anything_here"))


@FAMILY.mutation(needs=("low",))
def low_privilege(control: Control) -> Iterator[Mutant]:
    """Another method asks to be taken for this one, with an ordinary account's valid credential."""
    yield from _overrides(control, control.as_role("low"))


@FAMILY.mutation(worst=Outcome.WEAK, advisory=True)
def entitled_by_get(control: Control) -> Iterator[Mutant]:
    """A GET asks to be taken for this method, with the entitled identity's valid credential."""
    yield from _through(control, control.own(), "GET")
