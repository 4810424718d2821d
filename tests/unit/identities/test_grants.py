"""What is read off an answer to a login."""

import base64
import json

import pytest

from harness.identities.grants import Grant, at, read_grant
from harness.model import Exchange, Json, Request, Secret

REQUEST = Request("POST", "/token")


def answer(body: Json = None, status: int = 200, *headers: tuple[str, str]) -> Exchange:
    return Exchange(REQUEST, status, headers, json.dumps(body).encode())


def jwt(claims: Json) -> str:
    return ".".join(
        base64.urlsafe_b64encode(part).decode().rstrip("=") for part in (b"{}", json.dumps(claims).encode())
    )


def token(exchange: Exchange, path: str = "$.token") -> Grant:
    return read_grant(exchange, path, None, None)


@pytest.mark.parametrize(
    ("path", "found"),
    [("$.a.b[1].c", 7), ("$.a", {"b": [0, {"c": 7}]}), ("$.a.b[2]", None), ("$.x.y", None), ("$.a[0]", None)],
)
def test_paths(path: str, found: Json) -> None:
    assert at({"a": {"b": [0, {"c": 7}]}}, path) == found


def test_a_token() -> None:
    found = read_grant(answer({"token": "abc", "more": {"r": "def"}}, 201), "$.token", None, "$.more.r")
    assert (found.token, found.refresh, found.seconds) == (Secret("abc"), Secret("def"), None)
    assert "abc" not in repr(found)
    assert "def" not in repr(found)


@pytest.mark.parametrize(
    "body", [{}, {"token": ""}, {"token": 12}, {"token": "Logged in."}, {"token": "a\nb"}, [], None]
)
def test_what_is_no_token(body: Json) -> None:
    found = token(answer(body))
    assert found.token is None
    assert found.told == "200 and no token at $.token"


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ({"meta": {"token": "abc"}}, "say `token: $.meta.token` in its login"),
        (
            {"data": {"attributes": {"access_token": "abc", "key": "x"}}},
            "say `token: $.data.attributes.access_token` in its login",
        ),
        ({"access_token": "abc def"}, "say in its login where the answer tells the token"),
        ({"7f3k": {"jwt": "abc"}}, "say in its login where the answer tells the token"),
        ([], "say in its login where the answer tells the token"),
    ],
)
def test_where_the_token_is_instead(body: Json, told: str) -> None:
    assert token(answer(body)).remedy == told
    assert token(answer(body, 401)).remedy == "check its key"


def test_which_cookie_is_set_instead() -> None:
    found = read_grant(answer(None, 200, ("Set-Cookie", "sess=abc"), ("Set-Cookie", "a=b")), None, "sid", None)
    assert found.remedy == "it sets sess, a: say `cookie:` in its login"
    assert read_grant(answer(None, 200), None, "sid", None).remedy == "it sets no cookie; check its login"


@pytest.mark.parametrize("status", [302, 400, 401, 500])
def test_a_token_comes_with_a_success(status: int) -> None:
    found = token(answer({"token": "abc"}, status))
    assert (found.token, found.told, found.status) == (None, str(status), status)


def test_no_answer() -> None:
    found = token(Exchange(REQUEST, failure="reset"))
    assert (found.token, found.status, found.told) == (None, None, "no answer (reset)")


def test_a_session() -> None:
    headers = (("Set-Cookie", "csrf=x; Path=/"), ("set-cookie", "sid=abc; HttpOnly"))
    assert read_grant(answer(None, 302, *headers), None, "sid", None).token == Secret("abc")
    assert read_grant(answer(None, 401, *headers), None, "sid", None).token is None
    gone = read_grant(answer(None, 200, ("Set-Cookie", "sid=; Max-Age=0")), None, "sid", None)
    assert (gone.token, gone.told) == (None, "200 and no cookie sid")


@pytest.mark.parametrize(
    ("body", "seconds"),
    [
        ({"expires_in": 60}, 60),
        ({"expires_in": "60"}, None),
        ({"expires_in": True}, None),
        ({"token": jwt({"exp": 1000, "iat": 400}) + ".s"}, 600),
        ({"token": jwt({"exp": "soon"}) + ".s"}, None),
        ({"token": jwt([1]) + ".s"}, None),
        ({"token": "a.%%%.b"}, None),
    ],
)
def test_how_long_a_token_lives(body: Json, seconds: float | None) -> None:
    assert token(answer({"token": "abc", **body})).seconds == seconds


def test_a_life_is_counted_from_now_where_nobody_says_since_when() -> None:
    found = token(answer({"token": jwt({"exp": 4_000_000_000}) + ".s"}))
    assert found.seconds is not None
    assert 0 < found.seconds < 4_000_000_000
