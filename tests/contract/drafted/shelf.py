"""Books, described in OpenAPI 3.1 by FastAPI itself: a password is given for a token, and guests may read."""

import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, Any
from urllib.parse import parse_qs

import uvicorn
from fastapi import Depends, FastAPI, HTTPException, Request
from fastapi.security import OAuth2PasswordBearer
from pydantic import BaseModel, Field, HttpUrl

PASSWORDS = {"librarian": "correct-horse-battery-31", "visitor": "staple-paper-clip-77"}
NAMES = ["--admin-name", "librarian", "--plain-name", "visitor"]
KEYS = {"ADMIN_PASSWORD": PASSWORDS["librarian"], "PLAIN_PASSWORD": PASSWORDS["visitor"]}
SECONDS = 10
_TEXT = {"type": "string"}
_FORM = {"type": "object", "required": ["username", "password"], "properties": {"username": _TEXT, "password": _TEXT}}
LOGIN = {"requestBody": {"required": True, "content": {"application/x-www-form-urlencoded": {"schema": _FORM}}}}
"""What FastAPI would say of a form, if it were to parse it: that asks for another library."""


class Token(BaseModel):
    """What a login gives."""

    access_token: str
    token_type: str = "bearer"


class BookIn(BaseModel):
    """A book as it is sent."""

    title: str = Field(min_length=1, max_length=120)
    pages: int = Field(ge=1, le=9000)
    cover: HttpUrl | None = None


class Book(BookIn):
    """A book as it is shown."""

    id: str


def application() -> FastAPI:
    """The server, with rows of its own."""
    app, rows, tokens = FastAPI(title="Shelf"), dict[str, dict[str, Any]](), dict[str, str]()
    bearer = OAuth2PasswordBearer(tokenUrl="auth/token")

    def entitled(token: Annotated[str, Depends(bearer)]) -> None:
        if token not in tokens:
            raise HTTPException(401)
        if tokens[token] != "librarian":
            raise HTTPException(403)

    def known(key: str) -> str:
        if key not in rows:
            raise HTTPException(404)
        return key

    @app.post("/auth/token", openapi_extra=LOGIN)
    async def token(request: Request) -> Token:
        form = {name: values[0] for name, values in parse_qs((await request.body()).decode()).items()}
        if PASSWORDS.get(form.get("username", "")) != form.get("password", ""):
            raise HTTPException(401)
        made = secrets.token_urlsafe(24)
        tokens[made] = form["username"]
        return Token(access_token=made)

    @app.get("/books")
    def listed() -> list[Book]:
        return [Book(**row) for row in rows.values()]

    @app.post("/books", status_code=201, dependencies=[Depends(entitled)])
    def create(book: BookIn) -> Book:
        key = secrets.token_hex(8)
        rows[key] = {**book.model_dump(mode="json"), "id": key}
        return Book(**rows[key])

    @app.get("/books/{key}")
    def read(key: str) -> Book:
        return Book(**rows[known(key)])

    @app.put("/books/{key}", dependencies=[Depends(entitled)])
    def replace(key: str, book: BookIn) -> Book:
        rows[known(key)] = {**book.model_dump(mode="json"), "id": key}
        return Book(**rows[key])

    @app.delete("/books/{key}", status_code=204, dependencies=[Depends(entitled)])
    def remove(key: str) -> None:
        del rows[known(key)]

    return app


@contextmanager
def served() -> Iterator[str]:
    """The base URL of a running one."""
    config = uvicorn.Config(application(), port=0, log_level="critical", access_log=False, ws="none")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    try:
        end = time.monotonic() + SECONDS
        while not server.started:
            if time.monotonic() > end or not thread.is_alive():
                raise RuntimeError("the shelf did not start")
            time.sleep(0.01)
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(SECONDS)
