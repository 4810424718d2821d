"""Which security schemes of a document are ways in of their own."""

from typing import Any

import pytest

from harness.credentials import Channel
from harness.engine.planning.ways_in import declared_besides, other_ways, same_way
from harness.model import Operation, Parameter
from harness.openapi import untried_schemes

KEY = Channel.of("key", "header", template="ApiKey {username}:{key}")
BEARER = Channel.of("jwt", "bearer", login=True)
SESSION = Channel.of("web", "cookie", parameters={"sessionid": "{token}"})
QUERY = Channel.of("query", "query", parameters={"user": "{username}", "api_key": "{key}"})


def document(**schemes: Any) -> dict[str, Any]:
    return {"openapi": "3.0.3", "paths": {}, "components": {"securitySchemes": schemes}}


SCHEMES = {
    "bare": {"type": "apiKey", "in": "header", "name": "Authorization"},
    "own": {"type": "apiKey", "in": "header", "name": "X-Key"},
    "basic": {"type": "http", "scheme": "basic"},
    "bearer": {"type": "http", "scheme": "bearer"},
    "oauth": {"type": "oauth2", "flows": {}},
    "cookie": {"type": "apiKey", "in": "cookie", "name": "SessionId"},
    "query": {"type": "apiKey", "in": "query", "name": "api_key"},
}


@pytest.mark.parametrize(
    ("told", "besides"),
    [
        ([KEY], ["own", "basic", "bearer", "cookie", "query"]),
        ([BEARER], ["own", "basic", "cookie", "query"]),
        ([KEY, BEARER, SESSION, QUERY], ["own", "basic"]),
    ],
)
def test_what_is_like_a_way_that_is_told_is_no_second_one(told: list[Channel], besides: list[str]) -> None:
    found = declared_besides({one.name: one for one in told}, document(**SCHEMES))
    assert [name.removesuffix(" of the document") for name in found] == besides


def test_a_name_that_is_taken_is_told_apart() -> None:
    found = declared_besides({"basic": KEY}, document(basic={"type": "http", "scheme": "basic"}))
    assert {name: one.scheme for name, one in found.items()} == {"basic of the document": "Basic"}


def test_a_parameter_that_selects_objects_carries_no_credential() -> None:
    plain = Operation("GET", "/things")
    filtered = Operation("GET", "/things", (Parameter("user", "query", False, {}),))
    assert other_ways([KEY, BEARER, QUERY], KEY, plain) == (BEARER, QUERY)
    assert other_ways([KEY, BEARER, QUERY], KEY, filtered) == (BEARER,)
    assert not same_way(KEY, BEARER)


def test_what_nothing_can_be_sent_for_is_named_with_its_kind() -> None:
    told = document(card={"type": "mutualTLS"}, odd={"type": "http", "scheme": "hoba"}, broken=7)
    assert untried_schemes(told) == {
        name: f"the document's scheme {name} ({kind}) is a way in that is not tried"
        for name, kind in (("card", "mutualTLS"), ("odd", "http hoba"), ("broken", "of no kind"))
    }
