"""The oracle's decision table, row by row, and the evidence that a hostile or unlucky server would make it lie with.

A row is one probe's evidence and the verdict as printed: outcome, reason and, where there is one, the confidence.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

import pytest

from harness.config import Denial
from harness.model import (
    GUEST,
    Asked,
    Credential,
    Effect,
    Evidence,
    Exchange,
    Expect,
    Forbid,
    Json,
    Look,
    Mutant,
    Operation,
    Probe,
    Proof,
    Request,
    Severity,
)
from harness.oracle import Rules, Want, judge, wants

ITEM = "/api/things/7/"
THING = {"id": 7, "name": "rt-marker"}
ERROR = {"detail": "no"}
JSON_TYPE = "application/json; charset=utf-8"


def said(
    status: int,
    value: Json = None,
    *,
    body: bytes | None = None,
    media: str = JSON_TYPE,
    location: str | None = None,
    to: str = ITEM,
) -> Exchange:
    """An answer; its body is `value` as JSON, or `body` as it is."""
    headers = (("Content-Type", media), *([("Location", location)] if location is not None else []))
    raw = body if body is not None else b"" if value is None else json.dumps(value).encode()
    return Exchange(Request("PUT", to), status, headers, raw)


def broke(failure: str = "reset") -> Exchange:
    return Exchange(Request("PUT", ITEM), failure=failure)


def proof(status: int = 200, value: Json = None, *, seen: bool = True) -> Proof:
    return Proof(said(status, value or THING), seen, "" if seen else f"PUT {ITEM}: {status}, not seen")


REFUSED = said(401, ERROR)
GOOD = proof()
NOT_SEEN = proof(seen=False)
FAILED = proof(400, ERROR, seen=False)
PUBLIC = said(200, {"objects": []}, to="/api/")
UNKNOWN = said(404, ERROR, to="/api/things-unknown/")
OPERATION = Operation("PUT", "/api/things/{id}/")
PROBE = Probe("p", Asked("f", "m", "t", Severity.HIGH), OPERATION, Mutant())
ACTOR = replace(PROBE, mutant=Mutant(Credential("key", valid=True), actor="low"))
URL_RULE = Forbid("stored-outside-rule", "url")
DATA = replace(PROBE, mutant=Mutant(actor="admin", expect=Expect.INVALID, forbids=(URL_RULE,)))
SCOPED = replace(PROBE, mutant=Mutant(forbids=(Forbid("outside-scope"),)))
CHANGED = Effect("changed", "things", "7", values={"name": "rt-other", "url": "https://ok.example/"})
BROKEN = replace(CHANGED, outside_rule={"url": "its host is evil.example"})
QUIET = Evidence((REFUSED,), look=Look.UNCHANGED, before=GOOD, after=GOOD, reference=REFUSED, public=PUBLIC)
"""A refusal between two good controls, the state unchanged."""
UNARMED = replace(QUIET, look=Look.UNREADABLE, before=NOT_SEEN, after=NOT_SEEN)
"""The same on a write whose effect nobody can read."""
WEAKLY = replace(QUIET, before=FAILED, after=FAILED)
"""The same where no body satisfies the control, though it gets past authentication."""


def answered(*attempts: Exchange, base: Evidence = QUIET) -> Evidence:
    return replace(base, attempts=attempts)


def alike(answer: Exchange, base: Evidence = QUIET) -> Evidence:
    """Evidence in which the mutant and the guest get the same."""
    return replace(base, attempts=(answer,), reference=answer)


def denials(*words: Mapping[str, Json]) -> Rules:
    return Rules(denials=tuple(Denial.model_validate(one) for one in words))


@dataclass(frozen=True)
class Row:
    name: str
    evidence: Evidence
    verdict: str
    probe: Probe = PROBE
    rules: Rules = Rules()  # noqa: RUF009
    """Frozen."""


def rows(cases: Iterable[Row]) -> pytest.MarkDecorator:
    listed = list(cases)
    assert len({row.name for row in listed}) == len(listed)
    return pytest.mark.parametrize("row", listed, ids=[row.name.replace(" ", "-") for row in listed])


def check(row: Row) -> None:
    assert str(judge(row.probe, row.evidence, row.rules)) == row.verdict


HELD = "HELD(refused, state)"
BYPASSED = "BYPASSED(any-change, state)"

EFFECTS = [
    Row("an effect beats a refusal", replace(QUIET, effects=(CHANGED,)), BYPASSED),
    Row("an effect beats a crash", replace(answered(said(500)), effects=(CHANGED,)), BYPASSED),
    Row("an effect beats silence", replace(answered(broke()), effects=(CHANGED,)), BYPASSED),
    Row("an effect beats 429", replace(answered(said(429)), effects=(CHANGED,)), BYPASSED),
    Row("an effect beats a success", replace(answered(said(200, THING)), effects=(CHANGED,)), BYPASSED),
    Row("an effect beats a failed control", replace(WEAKLY, effects=(CHANGED,)), BYPASSED),
    Row("an effect needs no control", replace(QUIET, effects=(CHANGED,), before=None, after=None), BYPASSED),
    Row("an effect beats a disproved identity", replace(QUIET, effects=(CHANGED,), identity="disproved: x"), BYPASSED),
    Row("an effect beats not-sent", Evidence(effects=(CHANGED,), not_sent="aborted: stop"), BYPASSED),
    Row("an effect beats noise", replace(QUIET, effects=(CHANGED,), look=Look.NOISE), BYPASSED),
    Row(
        "an effect beats denied_when",
        replace(answered(said(500)), effects=(CHANGED,)),
        BYPASSED,
        rules=denials({"status": 500}),
    ),
    Row("a late effect counts", replace(QUIET, effects=(CHANGED,), late=True), BYPASSED),
    Row("suspects are a finding of the group", replace(QUIET, suspects=("a", "b")), "BYPASSED(group, state)"),
    Row("an effect names its writer before the group", replace(QUIET, effects=(CHANGED,), suspects=("a",)), BYPASSED),
    Row(
        "a value outside its rule was stored",
        replace(answered(said(422)), effects=(BROKEN,)),
        "BYPASSED(stored-outside-rule, state)",
        DATA,
    ),
    Row(
        "the second effect may be the one",
        replace(QUIET, effects=(CHANGED, BROKEN)),
        "BYPASSED(stored-outside-rule, state)",
        DATA,
    ),
    Row("another scope was changed", replace(QUIET, effects=(replace(CHANGED, inside=False),)), BYPASSED),
    Row(
        "outside-scope is for objects that were not named",
        replace(QUIET, effects=(replace(CHANGED, inside=False),)),
        "BYPASSED(outside-scope, state)",
        SCOPED,
    ),
    Row("outside-scope lets the named object be", replace(QUIET, effects=(CHANGED,)), HELD, SCOPED),
    Row(
        "a normalised value is no finding",
        replace(answered(said(200, THING)), effects=(CHANGED,)),
        "HELD(ignored, state)",
        DATA,
    ),
    Row(
        "another field's breach is not this probe's",
        replace(answered(said(200, THING)), effects=(replace(CHANGED, outside_rule={"icon": "x"}),)),
        "HELD(ignored, state)",
        DATA,
    ),
]

UNTESTED = [
    Row("not applicable", Evidence(), "NOT-APPLICABLE(no-body)", replace(PROBE, not_applicable="no-body: none told")),
    Row("same as control", Evidence(same_as_control=True), "NOT-APPLICABLE(same-as-control)"),
    Row("not sent", Evidence(not_sent="aborted: a bystander changed"), "INCONCLUSIVE(aborted)"),
    Row("not sent without controls", Evidence(), "INCONCLUSIVE(control)"),
    Row("not sent between good controls", answered(), "INCONCLUSIVE(not-sent)"),
    Row("not sent as its control failed", answered(base=WEAKLY), "INCONCLUSIVE(control)"),
    Row("not sent as its control was lost", replace(answered(), after=FAILED), "INCONCLUSIVE(control-lost)"),
    Row("identity disproved", replace(QUIET, identity="disproved: refused alike"), "INCONCLUSIVE(identity)"),
]

FORM = said(302, location="/login?next=/api/")
DENIED = {"status": 302, "location": "/login"}
SOFT = {"code": "denied", "inner": {"why": 3}}

DENIED_ROWS = [
    Row("denied by status", answered(said(500)), "HELD(denied_when, state)", rules=denials({"status": 500})),
    Row("denied by location", answered(FORM), "HELD(denied_when, state)", rules=denials(DENIED)),
    Row(
        "not denied by another location",
        answered(said(302, location="/welcome")),
        "INCONCLUSIVE(unexpected-status)",
        rules=denials(DENIED),
    ),
    Row("not denied without location", answered(said(302)), "INCONCLUSIVE(unexpected-status)", rules=denials(DENIED)),
    Row(
        "denied by JSON",
        answered(said(200, SOFT)),
        "HELD(denied_when, state)",
        rules=denials({"status": 200, "json": {"$.code": "denied", "$.inner.why": 3}}),
    ),
    Row(
        "not denied where one JSON value differs",
        answered(said(200, SOFT)),
        "INCONCLUSIVE(no-effect)",
        rules=denials({"status": 200, "json": {"$.code": "denied", "$.inner.why": 4}}),
    ),
    Row(
        "not denied where a JSON path leads nowhere",
        answered(said(200, SOFT)),
        "INCONCLUSIVE(no-effect)",
        rules=denials({"status": 200, "json": {"$.code.why": 3}}),
    ),
    Row(
        "not denied without JSON",
        answered(said(200, body=b"denied")),
        "INCONCLUSIVE(no-effect)",
        rules=denials({"status": 200, "json": {"$.code": "denied"}}),
    ),
    Row(
        "denied on the operation",
        answered(said(500)),
        "HELD(denied_when, state)",
        rules=denials({"status": 500, "operation": "PUT /api/**"}),
    ),
    Row(
        "not denied on another operation",
        answered(said(500)),
        "INCONCLUSIVE(network)",
        rules=denials({"status": 500, "operation": "POST /api/**"}),
    ),
    Row(
        "any of the denials",
        answered(said(500)),
        "HELD(denied_when, state)",
        rules=denials(DENIED, {"status": 500}),
    ),
    Row("even 429", answered(said(429)), "HELD(denied_when, state)", rules=denials({"status": 429})),
    Row(
        "denied without a good control",
        answered(FORM, base=replace(WEAKLY, before=NOT_SEEN)),
        "INCONCLUSIVE(control)",
        rules=denials(DENIED),
    ),
    Row(
        "denied with the control lost",
        answered(FORM, base=replace(QUIET, after=FAILED)),
        "INCONCLUSIVE(control-lost)",
        rules=denials(DENIED),
    ),
    Row(
        "denied, and unread",
        answered(FORM, base=replace(QUIET, look=Look.UNREADABLE)),
        "INCONCLUSIVE(unobserved)",
        rules=denials(DENIED),
    ),
    Row(
        "denied under an attested identity",
        answered(FORM, base=replace(QUIET, identity="attested: x")),
        "HELD(denied_when, attested)",
        rules=denials(DENIED),
    ),
]

FORBIDDEN_PAGE = said(403, body=b"<p>Access denied</p>", media="text/html")
BLOCKED = replace(
    QUIET, attempts=(FORBIDDEN_PAGE,), public=FORBIDDEN_PAGE, before=Proof(FORBIDDEN_PAGE, False, "403"), after=None
)
NOWHERE = Proof(said(404, ERROR), False, "404")
NO_METHOD = Proof(replace(said(405, ERROR), headers=(("Content-Type", JSON_TYPE), ("Allow", "GET"))), False, "405")
UNSERVED = replace(QUIET, before=NOWHERE, after=NOWHERE, unknown_path=UNKNOWN, own_path=said(404, ERROR))


def allowing(*methods: str) -> Evidence:
    """405 to everybody, with these methods in the control's Allow."""
    exchange = replace(said(405, ERROR), headers=(("Content-Type", JSON_TYPE), ("allow", ", ".join(methods))))
    return answered(said(405), base=replace(QUIET, before=Proof(exchange, False, "405")))


CONTROL_ROWS = [
    Row("429", answered(said(429)), "INCONCLUSIVE(rate-limited)"),
    Row(
        "somebody or nobody, by the mutation's word",
        QUIET,
        "HELD(refused, state)",
        replace(ACTOR, mutant=replace(ACTOR.mutant, also=frozenset({401, 403}))),
        Rules(forbidden=frozenset({403})),
    ),
    Row("somebody, and known", QUIET, "WEAK(status, response)", ACTOR, Rules(forbidden=frozenset({403}))),
    Row("429 before lost controls", answered(said(429), base=WEAKLY), "INCONCLUSIVE(rate-limited)"),
    Row("429 to a repeat", answered(said(500), said(429)), "INCONCLUSIVE(rate-limited)"),
    Row("blocked", BLOCKED, "INCONCLUSIVE(blocked)"),
    Row("blocked before anything was sent", replace(BLOCKED, attempts=()), "INCONCLUSIVE(blocked)"),
    Row("no block where the public read is served", replace(BLOCKED, public=PUBLIC), "INCONCLUSIVE(control)"),
    Row("no block where it is refused otherwise", replace(BLOCKED, public=said(503)), "INCONCLUSIVE(control)"),
    Row("the control's effect was not seen", replace(QUIET, before=NOT_SEEN), "INCONCLUSIVE(control)"),
    Row("no control", replace(QUIET, before=None), "INCONCLUSIVE(control)"),
    Row(
        "the limit was met before the control",
        replace(QUIET, before=Proof(broke("budget"), False)),
        "INCONCLUSIVE(budget)",
    ),
    Row("no answer to the control", replace(QUIET, before=Proof(broke(), False, "reset")), "INCONCLUSIVE(control)"),
    Row("no request for the control", replace(QUIET, before=Proof(None, False, "no body")), "INCONCLUSIVE(control)"),
    Row("the control failed after it", replace(QUIET, after=FAILED), "INCONCLUSIVE(control-lost)"),
    Row("the control had no effect after it", replace(QUIET, after=NOT_SEEN), "INCONCLUSIVE(control-lost)"),
    Row("no control after it", replace(QUIET, after=None), "INCONCLUSIVE(control-lost)"),
    Row("405 to everybody", answered(said(405), base=replace(QUIET, before=NO_METHOD)), "NOT-APPLICABLE(not-routed)"),
    Row(
        "405 to control and guest, nothing sent",
        Evidence(before=NO_METHOD, reference=said(405), public=PUBLIC),
        "NOT-APPLICABLE(not-routed)",
    ),
    Row("405, and other methods allowed", allowing("GET", "HEAD"), "NOT-APPLICABLE(not-routed)"),
    Row("405, and nothing said of methods", allowing(), "NOT-APPLICABLE(not-routed)"),
    Row(
        "405 without Allow",
        answered(said(405), base=replace(QUIET, before=Proof(said(405, ERROR), False, "405"))),
        "INCONCLUSIVE(control)",
    ),
    Row("405, and its own method allowed", allowing("get", "put"), "INCONCLUSIVE(control)"),
    Row("405 to the mutant alone", answered(said(405)), "INCONCLUSIVE(masked:405)"),
    Row("404 as on an unknown path", UNSERVED, "NOT-APPLICABLE(not-served)"),
    Row("404 as on an unknown path, nothing sent", replace(UNSERVED, attempts=()), "NOT-APPLICABLE(not-served)"),
    Row("404, and its own path was not read", replace(UNSERVED, own_path=None), "INCONCLUSIVE(control)"),
    Row("404, and its own path is served", replace(UNSERVED, own_path=said(200, THING)), "INCONCLUSIVE(control)"),
    Row("404, and its own path takes no GET", replace(UNSERVED, own_path=said(405, ERROR)), "INCONCLUSIVE(control)"),
    Row(
        "404, and its own path unlike an unknown one",
        replace(UNSERVED, own_path=said(404, {"message": "no such thing"})),
        "INCONCLUSIVE(control)",
    ),
    Row("404, and no unknown path was read", replace(UNSERVED, unknown_path=None), "INCONCLUSIVE(control)"),
]

WEAK_CONTROL = "HELD(weak-control, response)"
NARROW = Rules(frozenset({401}), frozenset({403}), frozenset({422}))


def weakly(status: int) -> Evidence:
    """Evidence whose controls fail with a status."""
    return replace(WEAKLY, before=proof(status, ERROR, seen=False), after=proof(status, ERROR, seen=False))


WEAK_ROWS = [
    Row("a weak control", WEAKLY, WEAK_CONTROL),
    Row("a weak control, unread", replace(WEAKLY, look=Look.UNREADABLE), WEAK_CONTROL),
    Row("a weak control under an attested identity", replace(WEAKLY, identity="attested: x"), WEAK_CONTROL),
    *(Row(f"a weak control by {status}", weakly(status), WEAK_CONTROL) for status in (400, 409, 412, 415, 422, 428)),
    *(
        Row(f"never by {status}", weakly(status), "INCONCLUSIVE(control)")
        for status in (402, 404, 405, 406, 410, 413, 418, 423, 500, 501, 502, 503, 504)
    ),
    Row(
        "never by a 404 on a known path",
        replace(weakly(404), unknown_path=said(404, body=b"Not Found", media="text/html")),
        "INCONCLUSIVE(control)",
    ),
    Row("never for a data probe", WEAKLY, "INCONCLUSIVE(control)", DATA),
    Row("never where nobody looked", replace(WEAKLY, look=Look.NOT), "INCONCLUSIVE(control)"),
    Row("never in noise", replace(WEAKLY, look=Look.NOISE), "INCONCLUSIVE(control)"),
    Row("never with the control's own status", alike(said(400, ERROR), WEAKLY), "INCONCLUSIVE(control)"),
    Row(
        "never where the control is refused, too",
        replace(WEAKLY, before=proof(401, ERROR, seen=False)),
        "INCONCLUSIVE(control)",
    ),
    Row(
        "never where the control is redirected",
        replace(WEAKLY, before=proof(302, ERROR, seen=False)),
        "INCONCLUSIVE(control)",
    ),
    Row(
        "never where the control must wait",
        replace(WEAKLY, before=proof(429, ERROR, seen=False)),
        "INCONCLUSIVE(control)",
    ),
    Row("never for a blind control", replace(WEAKLY, before=NOT_SEEN), "INCONCLUSIVE(control)"),
    Row("never unlike the guest's", replace(WEAKLY, reference=said(403, ERROR)), "INCONCLUSIVE(control)"),
    Row("never without a guest's", replace(WEAKLY, reference=None), "INCONCLUSIVE(control)"),
    Row("never by a 404", alike(said(404, ERROR), replace(WEAKLY, guest_item=said(404))), "INCONCLUSIVE(control)"),
]

TWICE = answered(said(200, THING), said(200, THING), base=UNARMED)

OPENED_ROWS = [
    Row("opened", TWICE, "BYPASSED(opened, response)"),
    Row("opened for an ordinary account", TWICE, "BYPASSED(opened, response)", ACTOR),
    Row("opened once in two", answered(said(200, THING), REFUSED, base=UNARMED), "BYPASSED(opened, response)"),
    Row(
        "opened the second time",
        answered(said(500), said(200, THING), base=UNARMED),
        "BYPASSED(opened, response)",
    ),
    Row("opened though the control is lost", replace(TWICE, after=FAILED), "BYPASSED(opened, response)"),
    Row("not opened where the state can be read", replace(TWICE, look=Look.UNCHANGED), "INCONCLUSIVE(control)"),
    Row("not opened where a guest gets it, too", alike(said(200, THING), UNARMED), "INCONCLUSIVE(control)"),
    Row("not opened by another status", answered(said(202, THING), base=UNARMED), "INCONCLUSIVE(control)"),
    Row("not opened by other keys", answered(said(200, ERROR), base=UNARMED), "INCONCLUSIVE(control)"),
    Row("not opened by another root", answered(said(200, [THING]), base=UNARMED), "INCONCLUSIVE(control)"),
    Row(
        "not opened by another media type",
        answered(said(200, THING, media="text/html"), base=UNARMED),
        "INCONCLUSIVE(control)",
    ),
    Row("not opened by the control's failure", answered(said(400, ERROR), base=WEAKLY), "INCONCLUSIVE(control)"),
    Row(
        "not opened where the target calls it a refusal",
        answered(said(200, THING), base=replace(UNARMED, before=proof(200, {**THING, "name": "x"}, seen=False))),
        "INCONCLUSIVE(control)",
        rules=denials({"status": 200, "json": {"$.name": "rt-marker"}}),
    ),
    Row("an unread refusal", replace(QUIET, look=Look.UNREADABLE), "INCONCLUSIVE(unobserved)"),
]

FINE_AFTER = replace(QUIET, repeat_after=GOOD)

CRASH_ROWS = [
    Row("a crash, twice", answered(said(500), said(500), base=FINE_AFTER), "CRASHED(crash, response)"),
    Row("a crash, then a refusal", answered(said(502), REFUSED, base=FINE_AFTER), "CRASHED(crash, response)"),
    Row("a crash, then a success", answered(said(500), said(200), base=FINE_AFTER), "CRASHED(crash, response)"),
    Row("a crash, then silence", answered(said(500), broke(), base=FINE_AFTER), "CRASHED(crash, response)"),
    Row("silence, then a crash", answered(broke(), said(500), base=FINE_AFTER), "CRASHED(crash, response)"),
    Row("silence, twice", answered(broke(), broke("deadline"), base=FINE_AFTER), "CRASHED(crash, response)"),
    Row("silence, then a refusal", answered(broke(), REFUSED, base=FINE_AFTER), HELD),
    Row("a crash of a data probe", answered(said(500), said(500), base=FINE_AFTER), "CRASHED(crash, response)", DATA),
    Row("a crash, once", answered(said(500), base=FINE_AFTER), "INCONCLUSIVE(network)"),
    Row("silence, once", answered(broke(), base=FINE_AFTER), "INCONCLUSIVE(network)"),
    Row("a refusal, then silence", answered(REFUSED, broke(), base=FINE_AFTER), "INCONCLUSIVE(network)"),
    Row("a crash, and no control after it", answered(said(500), said(500)), "INCONCLUSIVE(network)"),
    Row(
        "a crash of everything",
        answered(said(500), said(500), base=replace(QUIET, repeat_after=FAILED)),
        "INCONCLUSIVE(network)",
    ),
    Row(
        "silence of everything",
        answered(broke(), broke(), base=replace(QUIET, repeat_after=FAILED)),
        "INCONCLUSIVE(network)",
    ),
    Row(
        "a crash, the controls lost",
        answered(said(500), said(500), base=replace(FINE_AFTER, after=FAILED)),
        "INCONCLUSIVE(control-lost)",
    ),
    Row(
        "a crash in noise",
        answered(said(500), said(500), base=replace(FINE_AFTER, look=Look.NOISE)),
        "INCONCLUSIVE(noise)",
    ),
]

PAGE = said(200, body=b"<p>Log in</p>", media="text/html")
SOFT_REFUSAL = said(200, ERROR)
LOGIN = said(302, location="/login?next=/api/things/8/")

NOES: tuple[Json, ...] = (
    {"error": "x"},
    {"Errors": [{"x": 1}]},
    {"err": 7},
    {"error_code": 3, "saved": None},
    {"error_description": "x"},
    {"fault": {"x": 1}},
    {"problem": "x"},
    {"success": False},
    {"ok": False, "data": None},
    {"valid": False},
    {"status": "Failed"},
    {"result": "denied"},
    {"code": "UNAUTHORIZED", "x": 1},
    {"message": "You are not permitted to do this."},
    {"x": {"y": ["Please log in first"]}},
    {"x": "You do not have permission"},
    {"x": "Invalid API key"},
    {"x": "wrong password"},
    {"x": "Unauthorised"},
    ["Authentication required"],
    "Bad credentials",
)
YESES: tuple[Json, ...] = (
    {"message": "Thank you, we will have a look"},
    {"saved": True},
    {"revision": 3},
    {"status": "queued", "job": 4},
    {"status": "ok"},
    {"code": 0},
    {"error": None},
    {"errors": [], "x": 1},
    {"error": False},
    {"success": True, "error": "none"},
    {"x": "https://www.example.org/login"},
    {"next": "/signin/permission"},
    {"x": "denied " * 60},
    ["thanks"],
    3,
)
NO_PAGES = (
    "<h1>Sign in</h1>",
    "<title>Access denied</title>",
    "You need a valid password: wrong password",
    "Forbidden",
)
YES_PAGES = (
    "<nav>Log in</nav><p>Thank you</p>",
    "<a href='/login'>Log in</a> Thank you",
    "<script>var denied</script> Saved",
    "<p class='not-allowed forbidden'>Saved",
    "Thank you",
)


def page(text: str) -> Exchange:
    return said(200, body=text.encode(), media="text/html")


SUCCESS_ROWS = [
    Row("a soft refusal", alike(SOFT_REFUSAL), "HELD(soft, state)"),
    Row("a login page", alike(PAGE), "HELD(soft, state)"),
    Row(
        "a soft refusal by status",
        alike(SOFT_REFUSAL, replace(QUIET, before=proof(201, ERROR))),
        "HELD(soft, state)",
    ),
    Row(
        "a success for everybody", alike(said(200, THING), replace(QUIET, before=proof(201))), "INCONCLUSIVE(no-effect)"
    ),
    *(Row(f"says no: {json.dumps(body)}", alike(said(200, body)), "HELD(soft, state)") for body in NOES),
    *(Row(f"says yes: {json.dumps(body)}", alike(said(200, body)), "INCONCLUSIVE(no-effect)") for body in YESES),
    *(Row(f"says no: {body}", alike(page(body)), "HELD(soft, state)") for body in NO_PAGES),
    *(Row(f"says yes: {body}", alike(page(body)), "INCONCLUSIVE(no-effect)") for body in YES_PAGES),
    Row("a soft refusal, attested", alike(SOFT_REFUSAL, replace(QUIET, identity="attested")), "HELD(soft, attested)"),
    Row("nothing in a 204", alike(said(204)), "INCONCLUSIVE(no-effect)"),
    Row("nothing in a 200", alike(said(200, body=b" \r\n")), "INCONCLUSIVE(no-effect)"),
    Row("the control's own answer", alike(said(200, THING)), "INCONCLUSIVE(no-effect)"),
    Row("unlike the guest's keys", replace(QUIET, attempts=(SOFT_REFUSAL,)), "INCONCLUSIVE(no-effect)"),
    Row(
        "unlike the guest's media type",
        replace(alike(SOFT_REFUSAL), reference=said(200, ERROR, media="text/plain")),
        "INCONCLUSIVE(no-effect)",
    ),
    Row(
        "unlike the guest's root",
        replace(alike(said(200, ["no"])), reference=said(200, "no")),
        "INCONCLUSIVE(no-effect)",
    ),
    Row("no guest to be like", replace(alike(SOFT_REFUSAL), reference=None), "INCONCLUSIVE(no-effect)"),
    Row("soft in noise", replace(alike(SOFT_REFUSAL), look=Look.NOISE), "INCONCLUSIVE(noise)"),
    Row("soft, unlooked", replace(alike(SOFT_REFUSAL), look=Look.NOT), "INCONCLUSIVE(unobserved)"),
    Row("ignored", answered(said(200, THING)), "HELD(ignored, state)", DATA),
    Row("ignored in a 204", answered(said(204)), "HELD(ignored, state)", DATA),
    Row(
        "ignored, unread",
        replace(answered(said(202, ERROR)), look=Look.UNREADABLE),
        "INCONCLUSIVE(unobserved)",
        DATA,
    ),
]

BACK = (
    ("/things", "/things"),
    ("/things", "/things/"),
    ("/things/", "http://127.0.0.1:8000/things?saved=1"),
    ("/things/5", "/things"),
    ("/things/5?x=1", "/things/#5"),
    ("/api/things/5/", "/api/"),
    ("/things/5", "/"),
    ("/things/5", "../things"),
    ("/things/5", "?done"),
    ("/th%69ngs/5", "/things"),
)
AWAY = (
    ("/things", "/login"),
    ("/things/5", "/thing"),
    ("/things", "/things/login"),
    ("/things", "https://login.example.org/things-login"),
)

REDIRECT_ROWS = [
    Row(
        "to the login",
        replace(alike(LOGIN), reference=said(302, location="/login?next=/a")),
        "HELD(login-redirect, state)",
    ),
    Row("to the login, attested", replace(alike(LOGIN), identity="attested: x"), "HELD(login-redirect, attested)"),
    Row("to the login, in noise", replace(alike(LOGIN), look=Look.NOISE), "INCONCLUSIVE(noise)"),
    Row("to the login, unlooked", replace(alike(LOGIN), look=Look.NOT), "INCONCLUSIVE(unobserved)"),
    Row(
        "with another status",
        replace(alike(LOGIN), reference=said(307, location="/login")),
        "INCONCLUSIVE(unexpected-status)",
    ),
    Row(
        "to another place", replace(alike(LOGIN), reference=said(302, location="/")), "INCONCLUSIVE(unexpected-status)"
    ),
    Row(
        "to another host",
        replace(alike(LOGIN), attempts=(said(302, location="https://evil.example/login"),)),
        "INCONCLUSIVE(unexpected-status)",
    ),
    *(
        Row(f"from {own} to {told}", alike(said(302, location=told, to=own)), "INCONCLUSIVE(unexpected-status)")
        for own, told in BACK
    ),
    *(
        Row(f"from {own} away to {told}", alike(said(302, location=told, to=own)), "HELD(login-redirect, state)")
        for own, told in AWAY
    ),
    Row("where a guest is not", answered(LOGIN), "INCONCLUSIVE(unexpected-status)"),
    Row("where no guest was asked", replace(answered(LOGIN), reference=None), "INCONCLUSIVE(unexpected-status)"),
    Row("with the control lost", replace(alike(LOGIN), after=FAILED), "INCONCLUSIVE(control-lost)"),
]

ALSO = replace(PROBE, mutant=Mutant(GUEST, also=frozenset({400, 431})))
SESSION = replace(ACTOR, mutant=replace(ACTOR.mutant, also=frozenset({401, 403})))
TUNNEL = replace(PROBE, mutant=Mutant(GUEST).by_method("POST"))
MASKS = (400, 404, 405, 406, 409, 410, 411, 412, 413, 414, 415, 422, 431)
GUEST_404 = said(404, ERROR)
HIDDEN = replace(alike(GUEST_404), guest_item=GUEST_404)

REFUSAL_ROWS = [
    Row("401", QUIET, HELD),
    Row("403", answered(said(403)), HELD),
    Row("403 to an actor", answered(said(403)), HELD, ACTOR),
    Row("401, attested", replace(QUIET, identity="attested: only public reads"), "HELD(refused, attested)"),
    Row("401 in noise", replace(QUIET, look=Look.NOISE), "INCONCLUSIVE(noise)"),
    Row("401 unlooked", replace(QUIET, look=Look.NOT), "INCONCLUSIVE(unobserved)"),
    Row("401 unlike the guest's", replace(QUIET, reference=said(403)), HELD),
    Row("401 inside a narrowed list", QUIET, HELD, rules=NARROW),
    Row("403 outside a narrowed list", answered(said(403)), "WEAK(status, response)", rules=NARROW),
    Row("401 to an actor outside a narrowed list", QUIET, "WEAK(status, response)", ACTOR, NARROW),
    Row("403 to an actor inside a narrowed list", answered(said(403)), HELD, ACTOR, NARROW),
    Row("401 to a session where 403 is listed, as a guest gets it", QUIET, HELD, SESSION, NARROW),
    Row("401 to a session, unread", replace(QUIET, look=Look.UNREADABLE), "INCONCLUSIVE(unobserved)", SESSION, NARROW),
    Row("501 to a method that was asked for on purpose", answered(said(501)), HELD, TUNNEL),
    Row("501 to it, twice", answered(said(501), said(501), base=FINE_AFTER), HELD, TUNNEL),
    Row("500 to it, twice", answered(said(500), said(500), base=FINE_AFTER), "CRASHED(crash, response)", TUNNEL),
    Row("501 to the method itself", answered(said(501), said(501), base=FINE_AFTER), "CRASHED(crash, response)"),
    Row("501 to it as to any guest", alike(said(501)), "INCONCLUSIVE(unexpected-status)", TUNNEL),
    Row(
        "403 outside a narrowed list, unread",
        replace(answered(said(403)), look=Look.UNREADABLE),
        "INCONCLUSIVE(unobserved)",
        rules=NARROW,
    ),
    Row(
        "403 outside a narrowed list, in noise",
        replace(answered(said(403)), look=Look.NOISE),
        "INCONCLUSIVE(noise)",
        rules=NARROW,
    ),
    Row("404 on the owner's list", answered(said(404)), HELD, rules=Rules(frozenset({404}))),
    Row("400 that the mutation may cause", answered(said(400)), HELD, ALSO),
    Row("431 that the mutation may cause", answered(said(431)), HELD, ALSO),
    Row("400 that it may cause, under a narrowed list", answered(said(400)), HELD, ALSO, NARROW),
    Row("415 that it cannot cause", answered(said(415)), "INCONCLUSIVE(masked:415)", ALSO),
    Row("400 that it may cause, in noise", replace(answered(said(400)), look=Look.NOISE), "INCONCLUSIVE(noise)", ALSO),
    *(Row(f"{status} masks", answered(said(status)), f"INCONCLUSIVE(masked:{status})") for status in MASKS),
    *(
        Row(f"{status} is unexpected", answered(said(status)), "INCONCLUSIVE(unexpected-status)")
        for status in (100, 402, 418, 451)
    ),
    Row("hidden", HIDDEN, "HELD(hidden, state)"),
    Row("hidden, attested", replace(HIDDEN, identity="attested"), "HELD(hidden, attested)"),
    Row("hidden in noise", replace(HIDDEN, look=Look.NOISE), "INCONCLUSIVE(noise)"),
    Row("hidden, unlooked", replace(HIDDEN, look=Look.NOT), "INCONCLUSIVE(unobserved)"),
    Row("a guest sees the item", replace(HIDDEN, guest_item=said(200, THING)), "INCONCLUSIVE(masked:404)"),
    Row("the guest's write gets 401", replace(HIDDEN, reference=REFUSED), "INCONCLUSIVE(masked:404)"),
    Row("no guest looked", replace(HIDDEN, guest_item=None), "INCONCLUSIVE(masked:404)"),
    Row("no guest wrote", replace(HIDDEN, reference=None), "INCONCLUSIVE(masked:404)"),
]

DATA_ROWS = [
    *(Row(f"a value refused by {status}", answered(said(status)), HELD, DATA) for status in (400, 409, 422)),
    Row("a value refused inside a narrowed list", answered(said(422)), HELD, DATA, NARROW),
    Row("a value refused outside a narrowed list", answered(said(400)), "WEAK(status, response)", DATA, NARROW),
    Row("a value refused in noise", replace(answered(said(422)), look=Look.NOISE), "INCONCLUSIVE(noise)", DATA),
    Row("a value refused, unlooked", replace(answered(said(422)), look=Look.NOT), "INCONCLUSIVE(unobserved)", DATA),
    Row(
        "a value refused, attested", replace(answered(said(422)), identity="attested"), "HELD(refused, attested)", DATA
    ),
    Row(
        "a value refused, its twin before only",
        replace(answered(said(422)), after=None),
        "INCONCLUSIVE(control-lost)",
        DATA,
    ),
    Row("a value refused as everything is", answered(said(400), base=WEAKLY), "INCONCLUSIVE(control)", DATA),
    *(
        Row(f"{status} to a valid credential", answered(said(status)), "INCONCLUSIVE(control)", DATA)
        for status in (401, 403)
    ),
    *(
        Row(f"{status} masks a value", answered(said(status)), f"INCONCLUSIVE(masked:{status})", DATA)
        for status in (404, 405, 413, 415)
    ),
]


@rows(EFFECTS)
def test_what_was_seen_in_the_state_decides(row: Row) -> None:
    check(row)


@rows(UNTESTED)
def test_what_was_not_tested_says_why(row: Row) -> None:
    check(row)


@rows(DENIED_ROWS)
def test_the_owner_may_call_an_answer_a_refusal(row: Row) -> None:
    check(row)


@rows(CONTROL_ROWS)
def test_without_good_controls_silence_means_nothing(row: Row) -> None:
    check(row)


@rows(WEAK_ROWS)
def test_a_weak_control_carries_plain_refusals_only(row: Row) -> None:
    check(row)


@rows(OPENED_ROWS)
def test_an_unread_write_is_compared_with_its_control(row: Row) -> None:
    check(row)


@rows(CRASH_ROWS)
def test_a_crash_counts_when_it_repeats(row: Row) -> None:
    check(row)


@rows(SUCCESS_ROWS)
def test_a_success_without_effect(row: Row) -> None:
    check(row)


@rows(REDIRECT_ROWS)
def test_a_redirect(row: Row) -> None:
    check(row)


@rows(REFUSAL_ROWS)
def test_a_refusal(row: Row) -> None:
    check(row)


@rows(DATA_ROWS)
def test_a_refused_value(row: Row) -> None:
    check(row)


def detail(evidence: Evidence, probe: Probe = PROBE) -> str:
    return judge(probe, evidence, Rules()).detail


def test_a_finding_says_what_was_seen() -> None:
    assert detail(replace(QUIET, effects=(CHANGED,))) == "things 7 changed"
    assert detail(replace(QUIET, effects=(CHANGED,), late=True)) == "things 7 changed; seen only later"
    assert detail(replace(QUIET, effects=(BROKEN,)), DATA) == "things 7 changed: its host is evil.example"
    assert "a, b" in detail(replace(QUIET, suspects=("a", "b")))


def test_one_in_two_is_said_to_be_intermittent() -> None:
    assert "intermittent" not in detail(TWICE)
    assert "intermittent" in detail(answered(said(200, THING), REFUSED, base=UNARMED))
    assert "intermittent" not in detail(answered(said(500), said(503), base=FINE_AFTER))
    assert "intermittent" in detail(answered(said(500), REFUSED, base=FINE_AFTER))


def test_a_lost_control_says_why() -> None:
    assert detail(replace(QUIET, after=NOT_SEEN)) == NOT_SEEN.reason
    assert detail(replace(QUIET, before=NOT_SEEN)) == NOT_SEEN.reason
    assert detail(Evidence(not_sent="aborted: a bystander changed")) == "a bystander changed"


WANTED = [
    ("a refusal", QUIET, set()),
    ("nothing sent", replace(QUIET, attempts=(), before=NOWHERE), set()),
    ("a crash", answered(said(500)), {Want.REPEAT}),
    ("silence", answered(broke()), {Want.REPEAT}),
    ("a crash, twice", answered(said(500), said(500)), set()),
    ("opened", answered(said(200, THING), base=replace(UNARMED, unknown_path=UNKNOWN)), {Want.REPEAT}),
    ("opened, twice", replace(TWICE, unknown_path=UNKNOWN), set()),
    ("404", alike(GUEST_404), {Want.GUEST_ITEM}),
    ("404, and a guest's", HIDDEN, set()),
    ("a crash, then 404", answered(said(500), GUEST_404), {Want.GUEST_ITEM}),
    ("404 to the control", replace(QUIET, before=NOWHERE), {Want.UNKNOWN_PATH}),
    ("404 to the control, as on no path", replace(QUIET, before=NOWHERE, unknown_path=UNKNOWN), set()),
    ("404 to both", replace(alike(GUEST_404), before=NOWHERE), {Want.GUEST_ITEM, Want.UNKNOWN_PATH}),
    ("an effect", replace(answered(said(500)), effects=(CHANGED,)), set()),
    ("suspects", replace(answered(said(500)), suspects=("a",)), set()),
]


@pytest.mark.parametrize(("evidence", "missing"), [one[1:] for one in WANTED], ids=[one[0] for one in WANTED])
def test_what_it_still_wants(evidence: Evidence, missing: set[Want]) -> None:
    assert wants(PROBE, evidence) == missing


LISTED_OK = said(200, [THING], to="/api/things/")
LISTED = said(404, ERROR, to="/api/things/")
OPEN_GOOD = replace(TWICE, before=GOOD, after=GOOD)
SLASHLESS = ITEM.rstrip("/")
CREATED = Effect("created", "things", "8")

LIES_OF_SAFETY = [
    # One refusal in two answers does not take back the other one.
    Row("a success, then a refusal", answered(said(200, ERROR), REFUSED), "INCONCLUSIVE(no-effect)"),
    Row(
        "a crash, then a denial",
        answered(said(500), FORM, base=FINE_AFTER),
        "CRASHED(crash, response)",
        rules=denials(DENIED),
    ),
    # A weak control that is none.
    Row("weak control, a crash first", answered(said(500), REFUSED, base=WEAKLY), "INCONCLUSIVE(control)"),
    Row("weak control, a success first", answered(said(201), REFUSED, base=WEAKLY), "INCONCLUSIVE(control)"),
    Row(
        "weak control, refused afterwards",
        replace(WEAKLY, after=proof(401, ERROR, seen=False)),
        "INCONCLUSIVE(control)",
    ),
    Row("weak control, not made again", replace(WEAKLY, after=None), "INCONCLUSIVE(control)"),
    Row("weak control, no public read", replace(WEAKLY, public=None), "INCONCLUSIVE(control)"),
    Row(
        "weak control, refused by the owner's list",
        WEAKLY,
        "INCONCLUSIVE(control)",
        rules=Rules(forbidden=frozenset({400, 401, 403})),
    ),
    # A success for everybody is alike to the guest's, too.
    Row("soft with thanks", alike(said(200, {"message": "Thank you"})), "INCONCLUSIVE(no-effect)"),
    # 404 and 405 may go by what a write names, or by an object's state.
    Row("not-served, and its list is", replace(UNSERVED, own_path=LISTED_OK), "INCONCLUSIVE(control)"),
    Row("not-routed, and yet allowed", allowing("PUT"), "INCONCLUSIVE(control)"),
    Row(
        "weak control, refused by denied_when",
        WEAKLY,
        "INCONCLUSIVE(control)",
        rules=denials({"status": 400, "json": {"$.detail": "no"}}),
    ),
    Row(
        "weak control, outside the narrowed list",
        alike(said(403, ERROR), WEAKLY),
        "INCONCLUSIVE(control)",
        PROBE,
        NARROW,
    ),
    # A valid credential treated as a guest's says nothing about the value that it carries.
    Row("data probe sent to the login", alike(LOGIN), "INCONCLUSIVE(control)", DATA),
    Row("data probe hidden as from a guest", HIDDEN, "INCONCLUSIVE(masked:404)", DATA),
    # An object whose field nobody read cannot have kept its rule.
    Row(
        "data probe, its object not read back",
        replace(answered(said(201, THING)), effects=(CREATED,)),
        "INCONCLUSIVE(unobserved)",
        DATA,
    ),
    Row(
        "data probe, its field not read back",
        replace(answered(said(201, THING)), effects=(replace(CREATED, values=THING),)),
        "INCONCLUSIVE(unobserved)",
        DATA,
    ),
    Row(
        "data probe, refused and stored unread",
        replace(answered(said(422, ERROR)), effects=(CREATED,)),
        "INCONCLUSIVE(unobserved)",
        DATA,
    ),
    # Answers that are no refusal.
    Row("soft with 202", alike(said(202, {"queued": True})), "INCONCLUSIVE(no-effect)"),
    Row("soft with 201", alike(said(201, {"pending": True})), "INCONCLUSIVE(no-effect)"),
    *(
        Row(f"soft with {body}", alike(said(200, body=body.encode())), "INCONCLUSIVE(no-effect)")
        for body in ("null", "{}", "[]", '""')
    ),
    Row(
        "a redirect that wants a slash",
        alike(said(301, location=f"http://127.0.0.1{ITEM}", to=SLASHLESS)),
        "INCONCLUSIVE(unexpected-status)",
    ),
    Row("a redirect to nowhere", alike(said(304)), "INCONCLUSIVE(unexpected-status)"),
    Row("hidden by another path", replace(HIDDEN, guest_item=LISTED), "INCONCLUSIVE(masked:404)"),
    # Denials that are too wide.
    Row(
        "denied_when that the control matches",
        answered(said(200, THING)),
        "INCONCLUSIVE(no-effect)",
        rules=denials({"status": 200}),
    ),
    Row(
        "denied_when null where there is no such key",
        answered(said(200, {"saved": True})),
        "INCONCLUSIVE(no-effect)",
        rules=denials({"status": 200, "json": {"$.user": None}}),
    ),
    Row(
        "denied_when false where there is a zero",
        answered(said(200, {"errors": 0})),
        "INCONCLUSIVE(no-effect)",
        rules=denials({"status": 200, "json": {"$.errors": False}}),
    ),
    # NOT-APPLICABLE passes silently.
    Row(
        "not-served to the control, served to the mutant",
        answered(said(201, THING), base=UNSERVED),
        "INCONCLUSIVE(control)",
    ),
    Row(
        "not-routed, and yet it crashed",
        answered(said(500), said(405), base=replace(QUIET, before=NO_METHOD, after=NO_METHOD)),
        "INCONCLUSIVE(control)",
    ),
]

LIES_OF_SILENCE = [
    Row(
        "opened, then denied",
        answered(said(200, THING), FORM, base=UNARMED),
        "BYPASSED(opened, response)",
        rules=denials(DENIED),
    ),
    Row("opened, then 429", answered(said(200, THING), said(429), base=UNARMED), "BYPASSED(opened, response)"),
    Row(
        "opened, under a denied_when that the control matches",
        TWICE,
        "BYPASSED(opened, response)",
        rules=denials({"status": 200}),
    ),
]

LIES_OF_ALARM = [
    Row("opened for a data probe", OPEN_GOOD, "INCONCLUSIVE(unobserved)", DATA),
    Row("opened, and no guest asked", replace(OPEN_GOOD, reference=None), "INCONCLUSIVE(unobserved)"),
    Row("opened, and the guest not answered", replace(OPEN_GOOD, reference=broke()), "INCONCLUSIVE(unobserved)"),
    Row("opened, and the guest told to wait", replace(OPEN_GOOD, reference=said(429)), "INCONCLUSIVE(unobserved)"),
    Row("opened, and the guest's answer lost", replace(OPEN_GOOD, reference=said(503)), "INCONCLUSIVE(unobserved)"),
    Row(
        "opened, and the unknown path's answer lost",
        replace(OPEN_GOOD, unknown_path=said(502)),
        "INCONCLUSIVE(unobserved)",
    ),
    Row(
        "opened as every unknown path is",
        replace(OPEN_GOOD, unknown_path=said(200, THING, to="/api/things-unknown/")),
        "INCONCLUSIVE(unobserved)",
    ),
    Row(
        "denied_when by an array's element",
        answered(said(200, {"errors": [{"code": "denied"}]})),
        "HELD(denied_when, state)",
        rules=denials({"status": 200, "json": {"$.errors[0].code": "denied"}}),
    ),
    Row(
        "not served, where the root is not, either",
        replace(UNSERVED, public=said(404, ERROR, to="/")),
        "NOT-APPLICABLE(not-served)",
    ),
]


@rows(LIES_OF_SAFETY)
def test_no_server_is_called_safe_by_a_trick(row: Row) -> None:
    check(row)


@rows(LIES_OF_SILENCE)
def test_no_finding_is_hidden_by_a_trick(row: Row) -> None:
    check(row)


@rows(LIES_OF_ALARM)
def test_no_correct_server_is_accused_or_doubted(row: Row) -> None:
    check(row)


def test_an_effect_that_is_allowed_does_not_stop_the_asking() -> None:
    assert wants(DATA, replace(answered(said(500)), effects=(CHANGED,))) == {Want.REPEAT}
