"""Which operations of a document log somebody in."""

from typing import Any

import pytest

from harness.openapi import LogIn, logins, schemes_of_writes

FIELDS = {"email": {"type": "string"}, "password": {"type": "string"}}
BODY = {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Login"}}}}
NESTED = {
    "type": "object",
    "properties": {"data": {"type": "object", "properties": {"accessToken": {"type": "string"}}}},
}


def document(path: str, operation: dict[str, Any], **more: Any) -> dict[str, Any]:
    schemas = {"Login": {"type": "object", "properties": FIELDS}}
    return {"openapi": "3.0.0", "paths": {path: {"post": operation}}, "components": {"schemas": schemas}, **more}


def test_a_login_in_json_whose_answer_nests_the_token() -> None:
    answer = {"200": {"content": {"application/json": {"schema": NESTED}}}}
    told = document(
        "/auth/login", {"requestBody": BODY, "responses": answer}, servers=[{"url": "https://x.example/v2"}]
    )
    assert logins(told) == [LogIn("POST /v2/auth/login", "json", "email", "password", "$.data.accessToken")]


def test_a_login_of_swagger_in_a_form() -> None:
    parameters = [{"name": name, "in": "formData", "type": "string"} for name in ("username", "password")]
    told = {
        "swagger": "2.0",
        "basePath": "/api",
        "paths": {"/token": {"post": {"parameters": parameters, "responses": {"200": {"description": "Done"}}}}},
    }
    assert logins(told) == [LogIn("POST /api/token", "form", "username", "password", "$.access_token", told=False)]


@pytest.mark.parametrize(
    ("url", "operation"),
    [("auth/token", "POST /v1/auth/token"), ("/oauth/token", "POST /oauth/token"), ("https://id.example/token", None)],
)
def test_the_password_flow_of_oauth(url: str, operation: str | None) -> None:
    scheme = {"type": "oauth2", "flows": {"password": {"tokenUrl": url, "scopes": {}}}}
    told = {"openapi": "3.1.0", "servers": [{"url": "/v1"}], "components": {"securitySchemes": {"o": scheme}}}
    found = [one.operation for one in logins(told)]
    assert found == ([operation] if operation else [])


@pytest.mark.parametrize("path", ["/users", "/tokens/{id}/revoke", "/sessions-report"])
def test_what_only_takes_a_password_is_no_login(path: str) -> None:
    assert logins(document(path, {"requestBody": BODY})) == []


def test_a_reference_to_nothing_is_passed_over() -> None:
    assert (
        logins(document("/login", {"requestBody": {"$ref": "#/nowhere"}, "responses": {"200": {"$ref": "#/no"}}})) == []
    )


def test_schemes_are_counted_over_writes() -> None:
    told = document("/a", {"security": [{"x": [], "y": []}]}, security=[{"z": []}])
    told["paths"]["/b"] = {"put": {}, "get": {"security": [{"x": []}]}, "delete": {"security": []}}
    assert dict(schemes_of_writes(told)) == {"x": 1, "y": 1, "z": 1}
