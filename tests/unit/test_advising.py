"""What a newcomer is told to write, from refusals in the forms that frameworks give them."""

import pytest

from harness.engine.advising import on_control
from harness.model import Exchange, Proof, Request
from harness.resources import Resource

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


def test_other_failures() -> None:
    assert refused(403, "") == "check the key of identities.admin, and that it may do this"
    assert refused(201, "").startswith("say how it is read back: resources: {things: {marker: FIELD")
    assert refused(500, "") == ""
    assert (
        on_control("admin", THINGS, Proof(None, False, "x"))
        == "say a body: resources: {things: {body: {FIELD: VALUE}}}"
    )
