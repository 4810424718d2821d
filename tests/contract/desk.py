"""A small API that can be entered in every way, and by doors that should not open."""

import base64
import hmac
import secrets
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from flask import Flask, Response, jsonify, make_response, redirect, request
from werkzeug.serving import make_server

DOCUMENT: dict[str, Any] = {
    "openapi": "3.0.3",
    "info": {"title": "desk", "version": "1"},
    "paths": {
        "/things/": {
            "get": {"responses": {"200": {"description": "all"}}},
            "post": {
                "requestBody": {"content": {"application/json": {"schema": {"type": "object"}}}},
                "responses": {"201": {"description": "made"}},
            },
        },
        "/open": {"get": {"responses": {"200": {"description": "anybody"}}}},
    },
}
NAMES = ("admin", "second", "plain", "gone")


@dataclass
class Desk:
    """What the server knows, and what it was asked."""

    url: str = ""
    passwords: dict[str, str] = field(default_factory=lambda: {name: secrets.token_hex(12) for name in NAMES})
    keys: dict[str, str] = field(default_factory=lambda: {name: secrets.token_urlsafe(20) for name in NAMES})
    tokens: dict[str, str] = field(default_factory=dict)
    """Living token or session -> name."""
    renewals: dict[str, str] = field(default_factory=dict)
    logins: list[str] = field(default_factory=list)
    """Path of each login that was tried."""
    pepper: bytes = field(default_factory=lambda: secrets.token_bytes(16))

    @property
    def environment(self) -> dict[str, str]:
        """Every password and key by the variable that target files use."""
        return {f"{name.upper()}_PASSWORD": word for name, word in self.passwords.items()} | {
            f"{name.upper()}_KEY": key for name, key in self.keys.items()
        }

    def grant(self, name: str) -> str:
        """A new token that works."""
        token = secrets.token_urlsafe(24)
        self.tokens[token] = name
        return token

    def knows(self, name: Any, password: Any) -> bool:
        """Whether somebody living has that password."""
        return name in self.passwords and name != "gone" and hmac.compare_digest(self.passwords[name], str(password))

    def signed(self, name: str) -> str:
        """A token that nobody has to keep: its signature shows whose it is."""
        payload = base64.urlsafe_b64encode(name.encode()).decode().rstrip("=")
        signature = hmac.new(self.pepper, payload.encode(), "sha256").digest()
        return f"eyJhbGciOiJIUzI1NiJ9.{payload}.{base64.urlsafe_b64encode(signature).decode().rstrip('=')}"

    def caller(self) -> str | None:
        """Whose credential the request carries."""
        scheme, _, word = request.headers.get("Authorization", "").partition(" ")
        by_key = {key: name for name, key in self.keys.items() if name != "gone"}
        basic = request.authorization
        if scheme == "Basic" and basic is not None and self.knows(basic.username, basic.password):
            return basic.username
        if scheme == "Token":
            return by_key.get(word)
        if scheme == "Bearer":
            return next((name for name in NAMES if hmac.compare_digest(self.signed(name), word)), self.tokens.get(word))
        if word := request.headers.get("X-Api-Key", ""):
            return by_key.get(word)
        if word := request.args.get("api_key", ""):
            return by_key.get(word)
        return self.tokens.get(request.cookies.get("sid", ""))


def _app(desk: Desk) -> Flask:
    app = Flask("desk")

    @app.get("/openapi.json")
    def document() -> Response:
        return jsonify(DOCUMENT)

    @app.get("/private/openapi.json")
    def private_document() -> Response | tuple[str, int]:
        return jsonify(DOCUMENT) if desk.caller() else ("", 401)

    @app.get("/open")
    def anybody() -> Response:
        return jsonify(open=True)

    @app.get("/me")
    @app.get("/things/")
    def things() -> Response | tuple[Response, int]:
        name = desk.caller()
        return jsonify(name=name, sent=request.headers.get("Authorization")) if name else (jsonify(error="who?"), 401)

    @app.post("/things/")
    def make() -> tuple[Response, int]:
        name = desk.caller()
        return (jsonify(id=1), 201) if name == "admin" else (jsonify(), 403 if name else 401)

    @app.post("/<door>")
    def enter(door: str) -> Any:
        desk.logins.append(door)
        told = request.get_json(silent=True) or request.form.to_dict()
        return _DOORS[door](desk, told) if door in _DOORS else ("", 404)

    return app


def _token(desk: Desk, told: dict[str, Any]) -> Any:
    known = desk.knows(told.get("username"), told.get("password"))
    return jsonify(access_token=desk.signed(told["username"]), expires_in=60) if known else ("", 400)


def _json(desk: Desk, told: dict[str, Any]) -> Any:
    user = told.get("user", {})
    if not desk.knows(user.get("name"), user.get("password")):
        return jsonify(detail="wrong"), 401
    renewal = secrets.token_urlsafe(24)
    desk.renewals[renewal] = user["name"]
    return jsonify(data={"token": desk.grant(user["name"]), "renewal": renewal})


def _renew(desk: Desk, told: dict[str, Any]) -> Any:
    name = desk.renewals.get(told.get("with", ""))
    return jsonify(token=desk.grant(name)) if name else ("", 401)


def _session(desk: Desk, told: dict[str, Any]) -> Any:
    answer = make_response(redirect("/"))
    if not desk.knows(told.get("username"), told.get("password")):
        return jsonify(form="again")
    answer.set_cookie("sid", desk.grant(told["username"]))
    return answer


def _flash(desk: Desk, told: dict[str, Any]) -> Any:
    """Everybody gets a session, if only to read there that the password was wrong."""
    answer = make_response(redirect("/"))
    known = desk.knows(told.get("username"), told.get("password"))
    answer.set_cookie("sid", desk.grant(told["username"]) if known else secrets.token_urlsafe(24))
    return answer


def _any(desk: Desk, told: dict[str, Any]) -> Any:
    return jsonify(access_token=desk.grant(told["username"]))


def _any_alike(desk: Desk, told: dict[str, Any]) -> Any:
    return jsonify(access_token=desk.signed(told["username"]))


def _falls_over(desk: Desk, told: dict[str, Any]) -> Any:
    return ("", 500) if told.get("username") == "gone" else _token(desk, told)


def _crash(desk: Desk, told: dict[str, Any]) -> Any:
    """A wrong password is an exception that nobody caught."""
    answer = _token(desk, told)
    return ("", 500) if isinstance(answer, tuple) else answer


def _useless(desk: Desk, told: dict[str, Any]) -> Any:
    known = desk.knows(told.get("username"), told.get("password"))
    return jsonify(access_token=secrets.token_urlsafe(24)) if known else ("", 401)


_DOORS: dict[str, Callable[[Desk, dict[str, Any]], Any]] = {
    "token": _token,
    "json": _json,
    "renew": _renew,
    "session": _session,
    "flash": _flash,
    "any": _any,
    "any-alike": _any_alike,
    "falls-over": _falls_over,
    "crash": _crash,
    "useless": _useless,
}


@contextmanager
def running(application: Callable[[Desk], Flask] | None = None) -> Iterator[Desk]:
    """A desk that answers on a port of its own, or another application over its accounts."""
    desk = Desk()
    server = make_server("127.0.0.1", 0, (application or _app)(desk), threaded=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    desk.url = f"http://127.0.0.1:{server.port}"
    try:
        yield desk
    finally:
        server.shutdown()
        thread.join(10)
        server.server_close()
