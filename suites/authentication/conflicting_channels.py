"""Conflicting channels: no place of a request but the documented one decides who calls, alone or beside another.

## Why it matters

A framework may look for a name and key in more places than its owner knows of: in the header first, in the query when
the header is of no use, in the form after that. Each of them is a door. On python.org before the first fix, a
privileged name with any key was let in through the query just as through the header, and a header of another scheme
was enough to send the server looking there. Through the form the same request ended in a 500, and what had failed was
not the authentication.

Where two places say two things, a proxy that logs, limits or forbids may believe the one, and the application the
other.

## How the verdict is reached

The entitled identity's request is shown to work. Then its own header goes, or is spoilt, and a privileged name with
an arbitrary key stands in the query, the form, the JSON body or a cookie, under the names `username` and `api_key`;
alone, beside an ordinary account's valid credential, or torn in two between places. The header is also sent twice, once
with each credential. 401 or 403 with the state
unchanged is HELD; an effect is BYPASSED, whatever the status. Where a header is cut off, 400 is a refusal too, and so
are 400 and 415 where the body became a form.

Two probes carry the valid key in a second place beside a wrong one in the first. Whoever holds that key is entitled,
so that an effect of theirs is WEAK: two readers of the request disagree about who sent it. These, and the one with an
ordinary account's key in the query, leave a valid key in access logs, and are sent for throwaway identities or
locally only.

## How to fix it

Read the credential from one place. If that place holds nothing, the caller is a guest; if it holds something that is
not one whole valid credential, the request is refused. Nothing else is looked at.

tastypie: `ApiKeyAuthentication` goes on to query and form whenever the header cannot be read. Take the header's words
alone:

    def extract_credentials(self, request):
        name, _, key = self.get_authorization_data(request).partition(":")
        return name, key

Django REST Framework: each class in `DEFAULT_AUTHENTICATION_CLASSES` is a door, and the default holds sessions and
Basic. Name one, and let your own read `request.META["HTTP_AUTHORIZATION"]`, never `request.data` or
`request.query_params`:

    REST_FRAMEWORK = {"DEFAULT_AUTHENTICATION_CLASSES": ["api.authentication.HeaderKey"]}

FastAPI: `APIKeyQuery` and `APIKeyCookie` beside `APIKeyHeader` make three doors; keep one, and let it raise.

    def caller(key: Annotated[str, Security(APIKeyHeader(name="X-API-Key"))]) -> Account: ...

Flask: `request.values` mixes query and form. Ask `request.headers` for credentials and nothing else.

## References

- CWE-287 (improper authentication), CWE-288 (an alternate channel), CWE-235 (extra parameters), CWE-290 (spoofing)
- OWASP API Security Top 10 2023: API2; OWASP ASVS 5: 6.3.4, 15.3.7; CAPEC-460
- python.org release API, 2026: github.com/python/pythondotorg, commits 22847c5b and 18732c93
"""

from collections.abc import Iterator
from dataclasses import replace

from harness.family import OPENED, READS, WRITES, Control, Expect, Family, Identity, Mutant, Outcome, Part, Severity

FAMILY = Family(severity=Severity.CRITICAL, cwe=(287, 288, 235, 290), owasp="API2:2023", on=WRITES | READS, public=True)

ARBITRARY = "anything_here"
Pair = dict[str, str | Part]


def _pair(whose: Identity, key: str | Part = ARBITRARY) -> Pair:
    """A name and key as parameters; the key alone where the account has no name."""
    name: Pair = {"username": Part(of=whose.name, kind="username")} if whose.username else {}
    return {**name, "api_key": key}


def _in_query(control: Control, mutant: Mutant, pair: Pair) -> Iterator[Mutant]:
    """The pair in the query, where it is neither data nor the documented credential."""
    taken = dict(control.channel.parameters) if control.channel.place == "query" else {}
    if taken.keys().isdisjoint(pair) and not control.is_data("query", *pair):
        for name, value in pair.items():
            mutant = mutant.with_query(name, value)
        yield mutant


def _in_body(control: Control, mutant: Mutant, pair: Pair, encoding: str = "json") -> Iterator[Mutant]:
    """The pair in the body, where it is neither data nor the documented credential. An API whose keys ride in forms has
    no JSON body."""
    if encoding == "json" and control.channel.place == "form":
        return
    taken = dict(control.channel.parameters) if control.channel.place in ("form", "json") else {}
    if taken.keys().isdisjoint(pair) and not control.is_data("json", *pair):
        for name, value in pair.items():
            mutant = mutant.with_field(name, value)
        yield mutant.encoded("form").accepting(400, 415) if encoding == "form" else mutant


def _in_cookie(control: Control, mutant: Mutant) -> Iterator[Mutant]:
    """The privileged name and an arbitrary key as cookies, in one header."""
    if control.channel.place == "cookie":
        return
    if control.username:
        name = Part(of=control.identity.name, kind="username", after=f"; api_key={ARBITRARY}")
        yield mutant.with_cookie("username", name)
    else:
        yield mutant.with_cookie("api_key", ARBITRARY)


@FAMILY.mutation(on=WRITES, smoke="once")
def query(control: Control) -> Iterator[Mutant]:
    """No header, and the privileged name with an arbitrary key in the query."""
    yield from _in_query(control, control.unsigned(), _pair(control.identity))


@FAMILY.mutation(on=WRITES, smoke="once")
def form(control: Control) -> Iterator[Mutant]:
    """No header, and the privileged name with an arbitrary key in a form."""
    yield from _in_body(control, control.unsigned(), _pair(control.identity), "form")


@FAMILY.mutation(on=WRITES)
def json_body(control: Control) -> Iterator[Mutant]:
    """No header, and the privileged name with an arbitrary key in the JSON body."""
    yield from _in_body(control, control.unsigned(), _pair(control.identity))


@FAMILY.mutation(on=WRITES)
def nested_json(control: Control) -> Iterator[Mutant]:
    """No header, and the privileged name with an arbitrary key in an object of the JSON body."""
    if control.channel.place != "form" and not control.is_data("json", "auth"):
        yield control.unsigned().with_field("auth", _pair(control.identity))


@FAMILY.mutation(on=WRITES)
def cookie(control: Control) -> Iterator[Mutant]:
    """No header, and the privileged name with an arbitrary key as cookies."""
    yield from _in_cookie(control, control.unsigned())


@FAMILY.mutation(needs=("low",), on=WRITES, parent="query")
def low_and_query(control: Control) -> Iterator[Mutant]:
    """An ordinary account's valid credential, and the privileged pair in the query."""
    yield from _in_query(control, control.as_role("low"), _pair(control.identity))


@FAMILY.mutation(needs=("low",), on=WRITES, parent="form")
def low_and_form(control: Control) -> Iterator[Mutant]:
    """An ordinary account's valid credential, and the privileged pair in a form."""
    yield from _in_body(control, control.as_role("low"), _pair(control.identity), "form")


@FAMILY.mutation(needs=("low",), on=WRITES, parent="json-body")
def low_and_json(control: Control) -> Iterator[Mutant]:
    """An ordinary account's valid credential, and the privileged pair in the JSON body."""
    yield from _in_body(control, control.as_role("low"), _pair(control.identity))


@FAMILY.mutation(needs=("low",), on=WRITES, parent="cookie")
def low_and_cookie(control: Control) -> Iterator[Mutant]:
    """An ordinary account's valid credential, and the privileged pair as cookies."""
    if control.roles["low"].auth == control.identity.auth:
        yield from _in_cookie(control, control.as_role("low"))


@FAMILY.mutation(needs=("low",), on=WRITES, exposes=True)
def wrong_key_and_low_in_query(control: Control) -> Iterator[Mutant]:
    """The privileged name with an arbitrary key, and an ordinary account's valid pair in the query."""
    low = control.roles["low"]
    mutant = replace(control.signed(key=ARBITRARY), actor=low.name)
    if low.key:
        yield from _in_query(control, mutant, _pair(low, control.key_of("low")))


def _lows_header(control: Control) -> Part | None:
    """An ordinary account's valid credential as the text of one more header; None where it is not to be written so."""
    channel, low = control.channel, control.roles["low"]
    if channel.place != "header" or channel.encoded or low.auth != control.identity.auth or not low.key:
        return None
    before, _, after = channel.value(low.username or "", "\0").partition("\0")
    return Part(of=low.name, before=before, after=after)


@FAMILY.mutation(needs=("low",), on=WRITES, named=True)
def low_header_before_wrong(control: Control) -> Iterator[Mutant]:
    """Two headers: an ordinary account's valid credential, and the privileged name with an arbitrary key behind it."""
    part = _lows_header(control)
    if part:
        wrong = replace(control.signed(key=ARBITRARY), actor=control.roles["low"].name)
        yield wrong.with_header(control.channel.header, part).accepting(400)


@FAMILY.mutation(needs=("low",), on=WRITES, named=True)
def wrong_header_before_low(control: Control) -> Iterator[Mutant]:
    """Two headers: the privileged name with an arbitrary key, and an ordinary account's valid credential behind it."""
    if _lows_header(control):
        wrong = control.channel.value(control.username, ARBITRARY)
        yield control.as_role("low").with_header(control.channel.header, wrong).accepting(400)


@FAMILY.mutation(on=WRITES, exposes=True, worst=Outcome.WEAK)
def wrong_key_and_valid_in_query(control: Control) -> Iterator[Mutant]:
    """The privileged name with an arbitrary key, and with its valid key in the query."""
    mutant = replace(control.signed(key=ARBITRARY), actor=control.identity.name)
    yield from _in_query(control, mutant, _pair(control.identity, Part(of=control.identity.name)))


@FAMILY.mutation(on=WRITES, parent="query", smoke="once")
def other_scheme_and_query(control: Control) -> Iterator[Mutant]:
    """A header of another scheme, and the privileged pair in the query."""
    if control.channel.scheme:
        other = "Token" if control.channel.scheme.lower() == "bearer" else "Bearer"
        yield from _in_query(control, control.written(f"{other} {ARBITRARY}"), _pair(control.identity))


@FAMILY.mutation(on=WRITES, parent="query", smoke="once")
def scheme_alone_and_query(control: Control) -> Iterator[Mutant]:
    """A header that ends behind the scheme, and the privileged pair in the query."""
    if control.channel.scheme:
        mutant = control.signed(username="", key="", cut="scheme").accepting(400)
        yield from _in_query(control, mutant, _pair(control.identity))


@FAMILY.mutation(on=WRITES, parent="query")
def empty_header_and_query(control: Control) -> Iterator[Mutant]:
    """An empty header, and the privileged pair in the query."""
    if control.channel.place == "header":
        yield from _in_query(control, control.written(""), _pair(control.identity))


@FAMILY.mutation(on=WRITES, exposes=True, worst=Outcome.WEAK)
def wrong_in_query_and_valid_in_form(control: Control) -> Iterator[Mutant]:
    """The privileged pair with an arbitrary key in the query, and with the valid key in a form."""
    valid = _pair(control.identity, Part(of=control.identity.name))
    for mutant in _in_query(control, control.unsigned(), _pair(control.identity)):
        yield from _in_body(control, replace(mutant, actor=control.identity.name), valid, "form")


@FAMILY.mutation(on=WRITES)
def name_in_query_and_key_in_form(control: Control) -> Iterator[Mutant]:
    """The privileged name in the query, and an arbitrary key in a form."""
    if control.username:
        name: Pair = {"username": Part(of=control.identity.name, kind="username")}
        for mutant in _in_query(control, control.unsigned(), name):
            yield from _in_body(control, mutant, {"api_key": ARBITRARY}, "form")


@FAMILY.mutation(on=WRITES, named=True)
def name_in_header_and_key_in_query(control: Control) -> Iterator[Mutant]:
    """A header that ends behind the privileged name, and an arbitrary key in the query."""
    if control.channel.place == "header":
        yield from _in_query(control, control.signed(key="", cut="name").accepting(400), {"api_key": ARBITRARY})


@FAMILY.mutation(on=WRITES, named=True)
def name_in_json_and_key_in_header(control: Control) -> Iterator[Mutant]:
    """A header with an arbitrary key and no name, and the privileged name in the JSON body."""
    if control.channel.place == "header":
        name: Pair = {"username": Part(of=control.identity.name, kind="username")}
        yield from _in_body(control, control.signed(username="", key=ARBITRARY), name)


@FAMILY.mutation(on=READS)
def body_of_a_read(control: Control) -> Iterator[Mutant]:
    """A read without a header, and the privileged name with an arbitrary key in a JSON body."""
    for mutant in _in_body(control, control.unsigned(), _pair(control.identity)):
        yield replace(mutant, expect=Expect.GUEST_VIEW, forbids=OPENED).accepting(400)
