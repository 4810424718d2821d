"""Legacy channel: a valid key is taken in its documented place, and in no other.

## Why it matters

A key in an address is written down by whoever passes it on: the access log, the proxy, the browser's history, the
`Referer` of the next request, the error report. Many APIs began that way and kept the old way when headers came. It
stays unnoticed, since nothing breaks by it, until somebody reads a log. python.org's API went on taking keys from
query and form after its authentication had been mended, and closed both with a later change.

## How the verdict is reached

The entitled identity's request is shown to work. Then its valid key leaves the header and stands in the query, a
form, the JSON body, a cookie or `X-API-Key`, under the names that such APIs use. 401 or 403 with the state unchanged
is HELD; 400 and 415 are, too, where the body became a form. If the request has its effect, that is WEAK and no
bypass, since the key is valid. A place that the target file documents under `auth:` is not asked; one that it calls
`legacy: true` is, by its own names.

Keys in query, form and cookie are written to access logs: those probes are sent for throwaway identities
(`throwaway: true`) or locally only.

## How to fix it

Read the key from the header alone. Refuse a request with a credential in its address rather than overlook it, so that
its sender learns of the leak, and replace keys that were sent so.

tastypie: `ApiKeyAuthentication` takes `username` and `api_key` from query and form. Override what it extracts:

    def extract_credentials(self, request):
        if {"username", "api_key"} & {*request.GET, *request.POST}:
            raise ValueError("credentials belong in the Authorization header")
        name, _, key = self.get_authorization_data(request).partition(":")
        return name, key

Django REST Framework: `TokenAuthentication` reads the header only; look for classes that ask `request.query_params`.

FastAPI: `APIKeyHeader` in place of `APIKeyQuery` and `APIKeyCookie`, and no `Query` or `Form` parameter for a key:

    key: Annotated[str, Security(APIKeyHeader(name="Authorization"))]

Flask: `request.headers["Authorization"]` and never `request.args`, `request.form` or `request.values`:

    if "api_key" in request.values:
        abort(401)

## References

- CWE-598 (sensitive query strings), CWE-522 (credentials protected too little), CWE-532 (secrets in logs), CWE-288
  (an alternate channel)
- OWASP API Security Top 10 2023: API2; OWASP ASVS 5: 14.2.1; OWASP WSTG-ATHN-01
- python.org release API, 2026: github.com/python/pythondotorg, commit 18732c93
"""

from collections.abc import Iterator
from dataclasses import replace

from harness.family import Control, Family, Mutant, Outcome, Part, Severity

FAMILY = Family(
    severity=Severity.MEDIUM, cwe=(598, 522, 532, 288), owasp="API2:2023", waived_by="legacy_channels: allowed"
)

ALIASES = ("key", "token", "access_token", "private_token", "auth", "apikey")
"""Names that APIs give to a key in the query, besides `api_key`."""


def _own_key(control: Control) -> Part:
    return Part(of=control.identity.name)


def _pair(control: Control) -> dict[str, Part]:
    """The entitled identity's name and key, by the names that python.org's API has for them."""
    name = {"username": Part(of=control.identity.name, kind="username")} if control.username else {}
    return {**name, "api_key": _own_key(control)}


def _bearing(control: Control) -> Mutant:
    """No credential in the documented place; the valid one goes elsewhere."""
    return replace(control.unsigned(), actor=control.identity.name)


def _free(control: Control, place: str, *names: str) -> bool:
    """Whether these names at this place are neither data nor a documented credential."""
    channels = [control.channel, *control.channels.values()]
    taken = {name for one in channels if one.place == place and not one.legacy for name, _ in one.parameters}
    return taken.isdisjoint(names) and not (place in ("query", "form", "json") and control.is_data(place, *names))


@FAMILY.mutation(exposes=True, worst=Outcome.WEAK, smoke="once")
def query(control: Control) -> Iterator[Mutant]:
    """The valid name and key stand in the query, as `username` and `api_key`."""
    mutant, pair = _bearing(control), _pair(control)
    if _free(control, "query", *pair):
        for name, part in pair.items():
            mutant = mutant.with_query(name, part)
        yield mutant


@FAMILY.mutation(exposes=True, worst=Outcome.WEAK)
def query_alias(control: Control) -> Iterator[Mutant]:
    """The valid key stands in the query under another of its usual names."""
    for name in ALIASES:
        if _free(control, "query", name):
            yield _bearing(control).with_query(name, _own_key(control)).named(case=name)


@FAMILY.mutation(exposes=True, worst=Outcome.WEAK)
def form(control: Control) -> Iterator[Mutant]:
    """The valid name and key stand in a form, as `username` and `api_key`."""
    mutant, pair = _bearing(control), _pair(control)
    if _free(control, "form", *pair):
        for name, part in pair.items():
            mutant = mutant.with_field(name, part)
        yield mutant.encoded("form").accepting(400, 415)


@FAMILY.mutation(worst=Outcome.WEAK)
def json_body(control: Control) -> Iterator[Mutant]:
    """The valid name and key stand in the JSON body, as `username` and `api_key`."""
    mutant, pair = _bearing(control), _pair(control)
    if control.channel.place != "form" and _free(control, "json", *pair):
        for name, part in pair.items():
            mutant = mutant.with_field(name, part)
        yield mutant


@FAMILY.mutation(exposes=True, worst=Outcome.WEAK)
def cookie(control: Control) -> Iterator[Mutant]:
    """The valid name and key are cookies, called `username` and `api_key`."""
    if _free(control, "cookie", *_pair(control)):
        if control.username:
            key = replace(_own_key(control), before=f"{control.username}; api_key=")
            yield _bearing(control).with_cookie("username", key)
        else:
            yield _bearing(control).with_cookie("api_key", _own_key(control))


@FAMILY.mutation(worst=Outcome.WEAK)
def key_header(control: Control) -> Iterator[Mutant]:
    """The valid key stands in a header `X-API-Key`."""
    channels = [control.channel, *control.channels.values()]
    if all(one.legacy or one.header.lower() != "x-api-key" for one in channels):
        yield _bearing(control).with_header("X-API-Key", _own_key(control))


@FAMILY.mutation(exposes=True, worst=Outcome.WEAK, none="no-channel: no channel of the target file says `legacy: true`")
def declared_legacy(control: Control) -> Iterator[Mutant]:
    """The valid credential goes the way that the target file calls legacy."""
    for name, channel in control.channels.items():
        if channel.legacy and not channel.login and name != control.identity.auth:
            own = control.own()
            credential = replace(own.credential, via=name, valid=False)
            yield replace(own, credential=credential).named(via=name)
