"""What the document says of how a credential rides."""

import pytest

from harness.openapi import channels
from tests.unit.openapi.documents import FASTAPI, PYTHON_ORG, SWAGGER


def test_a_template_in_the_documents_own_words() -> None:
    assert channels(PYTHON_ORG) == {
        "ApiKey": {"channel": "header", "name": "Authorization", "template": "ApiKey {username}:{key}"}
    }


def test_swagger() -> None:
    assert channels(SWAGGER) == {
        "basic": {"channel": "basic", "name": "Authorization", "template": "{username}:{key}"},
        "key": {"channel": "query", "name": "api_key", "template": "{key}"},
        "oauth": {"channel": "bearer", "name": "Authorization", "template": "Bearer {key}"},
    }


@pytest.mark.parametrize(
    ("scheme", "facts"),
    [
        ({"type": "http", "scheme": "Bearer"}, ("bearer", "Authorization", "Bearer {key}")),
        ({"type": "http", "scheme": "basic"}, ("basic", "Authorization", "{username}:{key}")),
        ({"type": "apiKey", "in": "header", "name": "X-Api-Key"}, ("header", "X-Api-Key", "{key}")),
        ({"type": "apiKey", "in": "cookie", "name": "sid"}, ("cookie", "sid", "{key}")),
        ({"$ref": "#/components/securitySchemes/other"}, ("header", "X-Other", "{key}")),
    ],
)
def test_schemes(scheme: dict[str, str], facts: tuple[str, str, str]) -> None:
    other = {"type": "apiKey", "in": "header", "name": "X-Other"}
    found = channels({"components": {"securitySchemes": {"s": scheme, "other": other}}})
    assert found["s"] == dict(zip(("channel", "name", "template"), facts, strict=True))


@pytest.mark.parametrize(
    "scheme",
    [
        {"type": "http", "scheme": "digest"},
        {"type": "mutualTLS"},
        {"type": "apiKey", "in": "body", "name": "k"},
        {"$ref": "http://127.0.0.9/scheme.json"},
        None,
    ],
)
def test_what_is_not_understood_is_left_out(scheme: object) -> None:
    assert channels({"components": {"securitySchemes": {"s": scheme}}}) == {}


def test_a_document_without_any() -> None:
    assert channels(FASTAPI) == {}
    assert channels({"components": {"securitySchemes": []}}) == {}


@pytest.mark.parametrize(
    ("words", "template"),
    [
        ({"description": "Send `ApiKey <username>:<api_key>` with every write."}, "ApiKey {username}:{key}"),
        ({"description": "Format: ApiKey username:api_key"}, "ApiKey {username}:{key}"),
        ({"description": 'JWT Authorization header. Example: "Authorization: Bearer {token}"'}, "Bearer {key}"),
        ({"description": "Token-based authentication with required prefix: Token <token>"}, "Token {key}"),
        ({"pattern": "^ApiKey [^:]+:[0-9a-f]{40}$"}, "ApiKey {username}:{key}"),
        ({"pattern": "^Token\\s[0-9a-f]+$"}, "Token {key}"),
        ({"description": "The key that your administrator gave you."}, "{key}"),
        ({}, "{key}"),
    ],
)
def test_how_a_key_is_written_in_the_authorization_header(words: dict[str, str], template: str) -> None:
    scheme = {"type": "apiKey", "in": "header", "name": "Authorization", **words}
    assert channels({"securityDefinitions": {"s": scheme}})["s"]["template"] == template
    assert channels({"securityDefinitions": {"s": {**scheme, "name": "X-Key"}}})["s"]["template"] == "{key}"
