"""What to write into a target file where a rehearsal failed, as far as the answers tell."""

import re
from collections.abc import Iterator, Mapping, Sequence

from harness.canaries import FRESH
from harness.model import REFUSALS, Exchange, Json, Proof
from harness.resources import Resource

MOST = 3
"""Fields named at most."""
_DEPTH = 4
_WORDS = """error errors err message messages msg code detail details title type status fields issues violations reason
description success ok data instance path source timestamp ctx input url request_id hint"""
_ENVELOPE = frozenset(_WORDS.split())
"""Keys of a refusal that are no field's name."""
_NAMING = ("field", "param", "parameter", "property", "pointer", "loc")
"""Keys under which a refusal names a field."""
_PARENT = re.compile(r"no parent for \{([^{}]+)\}: ")
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,39}(?=[ ,]|$)")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")


def on_identity(name: str) -> str:
    """For an identity that is not what the target file says."""
    return f"give identities.{name} its key, or say what it is: `state: inactive` (or revoked, rotated, expired)"


def on_control(owner: str, resource: Resource, proof: Proof, acts: bool = False) -> str:
    """For a control of the entitled identity that failed; empty where it did not, or nothing can be said. Of one that
    `acts`, no body says what it does."""
    status = proof.exchange.status if proof.exchange else None
    if proof.good:
        return ""
    if status in REFUSALS:
        scheme = _asked_for(proof.exchange) if proof.exchange else ""
        if scheme:
            return (
                f"say in `auth` how the credential is written: the answer asks for {scheme}, as in "
                f'template: "{scheme} {{key}}" or "{scheme} {{username}}:{{key}}"'
            )
        return f"check the key of identities.{owner}, and that it may do this"
    if proof.exchange is not None and status in (400, 409, 422):
        return _on_body(resource, proof.exchange)
    if status is not None and 200 <= status < 300 and acts:
        return (
            f"if it changes what a new {resource.name} does not have, say what gives it that: resources: "
            f"{{{resource.name}: {{body: {{FIELD: VALUE}}}}}} or {{needs: [METHOD /PATH]}}; else keep it out with "
            "operations: {never: […]}"
        )
    if status is not None and 200 <= status < 300 and resource.id_from:
        where = f"resources.{resource.name}.id ({resource.id_from})"
        return f"check {where}: it has to say where the answer tells what stands in {resource.item_path}"
    if status is not None and 200 <= status < 300:
        return (
            f"say how it is read back: resources: {{{resource.name}: {{marker: FIELD, id: PLACE, find: GET /PATH?…}}}}"
        )
    if status == 405:
        return "if nobody is served this, keep it out with operations: {never: […]}"
    if status is not None or proof.reason == FRESH:
        return ""
    if missing := _PARENT.match(proof.reason):
        return (
            f"name one that is there, and below which a run may make its own: resources: {{{resource.name}: "
            f"{{body: {{{missing[1]}: NAME}}}}}}"
        )
    return f"say a body: resources: {{{resource.name}: {{body: {{FIELD: VALUE}}}}}}"


def _asked_for(exchange: Exchange) -> str:
    """The scheme that a refusal asks for (RFC 9110, 11.6.1), if the request's Authorization was not written in it."""
    told = next((value for name, value in exchange.headers if name.lower() == "www-authenticate"), "")
    sent = next((value for name, value in exchange.request.headers if name.lower() == "authorization"), None)
    found = _SCHEME.match(told)
    if sent is None or found is None or sent.lower().startswith(f"{found[0].lower()} "):
        return ""
    return found[0]


def on_url(name: str) -> str:
    """For a control that is not taken with a URL in a field that it works without."""
    last = name.rpartition(".")[2]
    return f"say where it may point: {_pointing([last])}, or that it has no rule: {{{last}: {{rule: none}}}}"


def _on_body(resource: Resource, exchange: Exchange) -> str:
    """For a body that is not taken. A field that was sent has a wrong value, which often is an id of nothing."""
    sent = exchange.request.body
    known = Exchange(exchange.request, body=sent or b"").json_keys
    names = [one for one in dict.fromkeys(_complained(exchange.json, _DEPTH)) if _NAME.fullmatch(one)][:MOST]
    names = names or [
        one for one in sorted(known) if re.search(rf"\b{re.escape(one)}\b", exchange.body.decode("latin-1"))
    ]
    places = (*resource.url_rules, *resource.deep_url_fields)
    urls = list(dict.fromkeys(one.rpartition(".")[2] for one in places))
    pointing = [one for one in names[:MOST] if one in urls]
    if pointing:
        return f"say where it may point: {_pointing(pointing)}"
    fields = ", ".join(f"{one}: VALUE" for one in names[:MOST]) or "FIELD: VALUE"
    advice = f"say what a valid body is: resources: {{{resource.name}: {{body: {{{fields}}}}}}}"
    if not names and urls:
        advice += f", or where its URLs may point: {_pointing(urls[:MOST])}"
    if known & set(names):
        advice += '; where it names an object that the run makes, VALUE is "{NAME.id}" or "{NAME.number}"'
    return advice


def _pointing(fields: Sequence[str]) -> str:
    rules = ", ".join(f"{one}: {{allow: [PREFIX]}}" for one in fields)
    return f"urls: {{fields: {{{rules}}}}}"


def _complained(value: Json, left: int) -> Iterator[str]:
    """Names of fields that a refusal speaks of: its own keys, and what stands under a key that names a field."""
    if isinstance(value, list):
        for one in value if left else ():
            yield from _complained(one, left - 1)
    if not isinstance(value, Mapping) or not left:
        return
    for key, one in value.items():
        if key in _NAMING:
            last = one[-1] if isinstance(one, list) and one else one
            yield from [last.rpartition("/")[2]] if isinstance(last, str) else []
        elif key not in _ENVELOPE:
            yield key
        else:
            yield from _complained(one, left - 1)
