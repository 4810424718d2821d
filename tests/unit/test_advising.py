"""What a newcomer is told to write, from refusals in the forms that frameworks give them."""

import pytest

from harness.canaries import FRESH
from harness.engine.rehearsing.advising import on_control
from harness.model import Exchange, Proof, Request
from harness.resources import Resource
from harness.urls import UrlRule

THINGS = Resource("things", "/things/", "/things/{id}/", "id", {})
SENT = b'{"name": "a", "depot": 1}'
WHERE = '; where it names an object that the run makes, VALUE is "{NAME.id}" or "{NAME.number}"'


def refused(status: int, body: str, resource: Resource = THINGS) -> str:
    request = Request("POST", "/things/", body=SENT)
    return on_control("admin", resource, Proof(Exchange(request, status, body=body.encode()), False, "why"))


@pytest.mark.parametrize(
    ("body", "fields", "more"),
    [
        ('{"weight": ["This field is required."]}', "weight: VALUE", ""),
        ('{"detail": [{"loc": ["body", "weight"], "msg": "Field required", "type": "missing"}]}', "weight: VALUE", ""),
        ('{"errors": [{"source": {"pointer": "/data/attributes/weight"}, "title": "x"}]}', "weight: VALUE", ""),
        ('{"error": {"code": "invalid", "fields": {"weight": "x", "size": "y"}}}', "weight: VALUE, size: VALUE", ""),
        ('{"type": "about:blank", "title": "Bad Request", "status": 400}', "FIELD: VALUE", ""),
        ('{"message": "there is no such depot"}', "depot: VALUE", WHERE),
        ("depot: unknown", "depot: VALUE", WHERE),
        ('{"depot": ["Invalid pk"]}', "depot: VALUE", WHERE),
        ("[[[[[[[]]]]]]]", "FIELD: VALUE", ""),
        ('{"a b{c": "x"}', "FIELD: VALUE", ""),
    ],
)
def test_a_body_that_is_not_taken(body: str, fields: str, more: str) -> None:
    assert refused(422, body) == f"say what a valid body is: resources: {{things: {{body: {{{fields}}}}}}}{more}"


def test_for_the_callers_own_object_no_body_would_help() -> None:
    assert on_control("admin", THINGS, Proof(None, False, FRESH)) == ""
    assert on_control("admin", THINGS, Proof(None, False, "no POST")).startswith("say a body: ")


def test_a_url_that_is_not_taken() -> None:
    rules: dict[str, UrlRule | None] = {"page": None}
    files = Resource("files", "/files", "/files/{id}", "id", {}, url_rules=rules, deep_url_fields=("links[].home",))
    assert refused(422, '{"errors": {"page": "no", "name": "no"}}', files) == (
        "say where it may point: urls: {fields: {page: {allow: [PREFIX]}}}"
    )
    assert refused(422, '{"errors": {"home": "no"}}', files) == (
        "say where it may point: urls: {fields: {home: {allow: [PREFIX]}}}"
    )
    assert refused(422, '{"title": "bad url"}', files) == (
        "say what a valid body is: resources: {files: {body: {FIELD: VALUE}}}, or where its URLs may point: "
        "urls: {fields: {page: {allow: [PREFIX]}, home: {allow: [PREFIX]}}}"
    )


@pytest.mark.parametrize(
    ("asked", "sent", "told"),
    [
        ("ApiKey", "$ADMIN_KEY", True),
        ('ApiKey realm="x"', "Token $ADMIN_KEY", True),
        ("apikey", "ApiKey $ADMIN_KEY", False),
        ("", "$ADMIN_KEY", False),
        ("<b>", "$ADMIN_KEY", False),
        ("ApiKey", None, False),
    ],
)
def test_a_credential_that_is_written_otherwise(asked: str, sent: str | None, told: bool) -> None:
    request = Request("POST", "/things/", (("Authorization", sent),) if sent else ())
    exchange = Exchange(request, 401, (("WWW-Authenticate", asked),))
    said = on_control("admin", THINGS, Proof(exchange, False, "why"))
    assert said == (
        'say in `auth` how the credential is written: the answer asks for ApiKey, as in template: "ApiKey {key}" or '
        '"ApiKey {username}:{key}"'
        if told
        else "check the key of identities.admin, and that it may do this"
    )


def test_other_failures() -> None:
    assert refused(403, "") == "check the key of identities.admin, and that it may do this"
    assert refused(201, "").startswith("say how it is read back: resources: {things: {marker: FIELD")
    assert refused(500, "") == ""
    assert (
        on_control("admin", THINGS, Proof(None, False, "x"))
        == "say a body: resources: {things: {body: {FIELD: VALUE}}}"
    )
