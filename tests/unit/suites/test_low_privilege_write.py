"""What an ordinary account sends, beside its own valid credential."""

import json

import pytest

from harness.family import Control
from harness.model import Operation, Parameter
from tests.unit.suites.fake_control import API_KEY, LOW, NAMED_TOKEN, TOKEN, Fake

IN_HEADERS = {
    "privileged-name-in-header": "X-User",
    "privileged-name-in-header case=x-remote-user": "X-Remote-User",
    "privileged-name-in-header case=x-forwarded-user": "X-Forwarded-User",
}
ROLES = {
    "privileged-role-in-header case=x-roles": ("X-Roles", "admin"),
    "privileged-role-in-header case=x-user-role": ("X-User-Role", "admin"),
    "privileged-role-in-header case=x-is-admin": ("X-Is-Admin", "true"),
}
BESIDE = ["privileged-name-in-query", "privileged-name-in-body", *IN_HEADERS, *ROLES]


def names(fake: Fake, control: Control) -> list[str]:
    return [key for key, _ in fake.mutants("low-privilege-write", control)]


def test_the_credential_is_the_ordinary_accounts_own() -> None:
    for _, mutant in API_KEY.mutants("low-privilege-write", API_KEY.control(address_field="uri")):
        assert API_KEY.credential(mutant) == f"ApiKey plainuser:{LOW}"
    for _, mutant in TOKEN.mutants("low-privilege-write"):
        assert TOKEN.credential(mutant) == f"Token {LOW}"


def test_what_stands_beside_it() -> None:
    mutants = dict(API_KEY.mutants("low-privilege-write", API_KEY.control(address_field="resource_uri")))
    requests = {key: API_KEY.request(mutant) for key, mutant in mutants.items()}
    assert list(mutants) == ["own-credential", "names-privileged-object", *BESIDE]
    assert [key for key, one in requests.items() if one.target != "/api/v1/things/"] == ["privileged-name-in-query"]
    assert requests["privileged-name-in-query"].target == "/api/v1/things/?username=release-admin"
    told = {key: name for key, one in requests.items() for name, value in one.headers if value == "release-admin"}
    assert told == IN_HEADERS
    assert all(pair in requests[key].headers for key, pair in ROLES.items())
    bodies = {key: json.loads(one.body or b"") for key, one in requests.items()}
    assert {key: body for key, body in bodies.items() if body != {"name": "one"}} == {
        "names-privileged-object": {"name": "one", "resource_uri": "{other.uri}"},
        "privileged-name-in-body": {"name": "one", "username": "release-admin"},
    }


def test_an_object_is_named_on_create_only_and_where_objects_tell_their_address() -> None:
    assert "names-privileged-object" in names(API_KEY, API_KEY.control("POST", address_field="uri"))
    assert "names-privileged-object" not in names(API_KEY, API_KEY.control("POST"))
    assert "names-privileged-object" not in names(API_KEY, API_KEY.control("PUT", address_field="uri"))


def test_a_delete_has_no_body_to_name_anybody_in() -> None:
    assert names(API_KEY, API_KEY.control("DELETE")) == ["own-credential", BESIDE[0], *BESIDE[2:]]


def test_without_names_there_is_only_the_credential() -> None:
    assert names(TOKEN, TOKEN.control()) == ["own-credential", *ROLES]


def test_a_channel_without_names_may_still_have_accounts_with_names() -> None:
    assert names(NAMED_TOKEN, NAMED_TOKEN.control()) == ["own-credential", *BESIDE]


@pytest.mark.parametrize(
    ("operation", "missing"),
    [
        (Operation("DELETE", "/x/", (Parameter("username", "query", False, {}),)), BESIDE[0]),
        (Operation("POST", "/x/", body_schema={"properties": {"username": {"type": "string"}}}), BESIDE[1]),
    ],
)
def test_a_name_is_not_sent_where_it_would_be_data(operation: Operation, missing: str) -> None:
    assert missing in names(API_KEY, API_KEY.control(operation.method))
    assert missing not in names(API_KEY, API_KEY.control(operation=operation))


def test_a_path_parameter_is_no_filter() -> None:
    operation = Operation("PUT", "/u/{username}/", (Parameter("username", "path", True, {}),))
    assert BESIDE[0] in names(API_KEY, API_KEY.control(operation=operation))
