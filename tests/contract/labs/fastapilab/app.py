"""The index as a FastAPI application."""

from typing import Annotated, Any, cast
from uuid import UUID

from fastapi import FastAPI, HTTPException, Query, Request, Response, Security
from fastapi.responses import JSONResponse
from fastapi.security import APIKeyHeader, HTTPBearer
from pydantic import BaseModel, Field

from . import tokens
from .accounts import Account, Directory
from .guard import Guard, Override
from .rules import SIGNATURE, Rules, published, same_scope
from .store import Row, Store

PAGE = 50
DOCUMENTED = [Security(APIKeyHeader(name="X-Api-Key", auto_error=False)), Security(HTTPBearer(auto_error=False))]
"""For the document alone: it is the guard that asks."""


class Login(BaseModel):
    """What somebody logs in with."""

    username: str
    password: str


class ReleaseInput(BaseModel):
    """A release as it is sent."""

    version: str = Field(min_length=1, max_length=100)
    notes: str = ""
    published: bool = False
    changelog_url: str = Field("", json_schema_extra={"format": "uri"})


class ReleaseChanges(BaseModel):
    """What is to be different about a release."""

    version: str = Field("", max_length=100)
    notes: str = ""
    published: bool = False
    changelog_url: str = Field("", json_schema_extra={"format": "uri"})


class FileInput(BaseModel):
    """A file as it is sent."""

    name: str = Field(min_length=1, max_length=100)
    description: str = ""
    url: str = Field(json_schema_extra={"format": "uri"})
    signature_url: str = Field("", json_schema_extra={"format": "uri"})
    release: dict[str, Any] = Field({}, description="What old clients send along. The path says which one it is.")


class FileChanges(BaseModel):
    """What is to be different about a file."""

    name: str = Field("", max_length=100)
    description: str = ""
    url: str = Field("", json_schema_extra={"format": "uri"})
    signature_url: str = Field("", json_schema_extra={"format": "uri"})


class Envelope(BaseModel):
    """One object."""

    data: dict[str, Any]
    links: dict[str, str]


class Page(BaseModel):
    """A page of objects."""

    data: list[dict[str, Any]]
    links: dict[str, str | None]
    meta: dict[str, int]


class Desk:
    """What a request is answered from."""

    def __init__(self, store: Store, directory: Directory, rules: Rules) -> None:
        """Answer by these rules."""
        self.store, self.directory, self.rules = store, directory, rules

    def told(self, kind: str, key: str, where: str) -> dict[str, Any]:
        """An object in its envelope."""
        row = self.store.tables[kind][key]
        attributes = {name: value for name, value in row.items() if name != "release"}
        return {"data": {"type": kind, "id": key, "attributes": attributes}, "links": {"self": f"{where}/{key}"}}

    def page(self, kind: str, keys: list[str], where: str, number: int) -> dict[str, Any]:
        """One page of a list, and where the next is."""
        shown = keys[(number - 1) * PAGE : number * PAGE]
        after = f"{where}?page={number + 1}" if len(keys) > number * PAGE else None
        data = [self.told(kind, key, where)["data"] for key in shown]
        return {"data": data, "links": {"next": after}, "meta": {"total": len(keys)}}

    def release(self, request: Request, key: UUID, *, below: bool = False) -> Row:
        """A release that the caller may see; 404 where there is none."""
        row = self.store.tables["releases"].get(str(key))
        hides = self.rules.hidden_children if below else self.rules.hidden_alone
        if row is None or (hides and not self.sees(request, row)):
            raise HTTPException(404)
        return row

    def file(self, request: Request, release: UUID, key: UUID) -> Row:
        """A file of a release that the caller may see; 404 where there is none."""
        self.release(request, release, below=True)
        row = self.store.tables["files"].get(str(key))
        if row is None or row["release"] != str(release):
            raise HTTPException(404)
        return row

    def sees(self, request: Request, row: Row) -> bool:
        """Whether the caller may see a release. Whoever may write to it is past the guard."""
        account = cast(Account | None, request.state.account)
        return request.method != "GET" or published(row) or (account is not None and account.role == "maintainer")

    def listed(self, request: Request) -> list[str]:
        """The releases that the caller may see, as far as the query asks for them."""
        query, rules = dict(request.query_params), self.rules
        rows = self.store.tables["releases"].items()
        if "published" in query and not rules.hidden_by_filter:
            return [key for key, row in rows if same_scope(row, query)]
        seen = [(key, row) for key, row in rows if not rules.hidden_in_list or self.sees(request, row)]
        return [key for key, row in seen if same_scope(row, query)]

    def check(self, request: Request, row: Row) -> None:
        """422 where the URLs of a row are not right, or a text is none that a database keeps."""
        if any(isinstance(value, str) and not _encodable(value) for value in row.values()):
            raise HTTPException(422)
        if request.method not in self.rules.urls_checked:
            return
        wrong = [one for one in self.rules.links if row.get(one) and not self.rules.url_allowed(str(row[one]))]
        if row.get("signature_url", "") not in ("", f"{row.get('url')}{SIGNATURE}"):
            wrong.append("signature_url")
        if wrong:
            raise HTTPException(422, detail=wrong)

    def made(self, request: Request, kind: str, row: Row) -> JSONResponse:
        """A new row, and the answer that tells it."""
        self.check(request, row)
        key = self.store.insert(kind, row)
        self.rules.after_write(caller_of(request))
        return JSONResponse(self.told(kind, key, request.url.path), status_code=201)

    def changed(self, request: Request, row: Row, sent: Row) -> Response:
        """A row that is different now."""
        self.check(request, {**row, **sent})
        row.update(sent)
        self.rules.after_write(caller_of(request))
        return Response(status_code=204)


def _encodable(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def caller_of(request: Request) -> Account | None:
    """Who the guard said it was."""
    return cast(Account | None, request.state.account)


def application(store: Store, directory: Directory, rules: Rules) -> FastAPI:
    """The application over a store, behind its guard."""
    app = FastAPI(
        title="Release index",
        version="1",
        # Queries carry credentials with some defects: an exporter set up in the environment must not take them away.
        telemetry={"tracing": False, "metrics": False, "logs": False, "auto_configure": False},
    )
    desk = Desk(store, directory, rules)
    _accounts(app, desk)
    _releases(app, desk)
    _files(app, desk)
    if rules.overrides:
        app.add_middleware(Override, names=rules.overrides)
    app.add_middleware(Guard, directory=directory, rules=rules, store=store)
    return app


def _accounts(app: FastAPI, desk: Desk) -> None:
    @app.post("/sessions", status_code=201)
    async def log_in(login: Login) -> dict[str, Any]:
        account = desk.directory.named(login.username)
        if account is None or not account.active or not account.password or account.password != login.password:
            raise HTTPException(401)
        return {
            "data": {"type": "sessions", "attributes": {"token": tokens.issue(desk.directory.secret, account.name)}}
        }

    @app.get("/members", dependencies=DOCUMENTED)
    async def members() -> dict[str, Any]:
        shown = [
            {"name": one.name, "role": one.role, "active": one.active}
            | ({"keys": [key.text for key in one.keys]} if desk.rules.members_whole else {})
            for one in desk.directory.accounts
        ]
        return {"data": [{"type": "members", "id": one["name"], "attributes": one} for one in shown]}


def _releases(app: FastAPI, desk: Desk) -> None:
    @app.get("/releases")
    async def list_releases(
        request: Request, page: Annotated[int, Query(ge=1)] = 1, published: bool | None = None
    ) -> Page:
        return Page(**desk.page("releases", desk.listed(request), "/releases", page))

    @app.post("/releases", status_code=201, dependencies=DOCUMENTED)
    async def create_release(request: Request, sent: ReleaseInput) -> Envelope:
        account = caller_of(request)
        row = {**sent.model_dump(), "yanked": False, "owner": account.name if account else None}
        return cast(Envelope, desk.made(request, "releases", row))

    @app.get("/releases/{release_id}")
    async def read_release(request: Request, release_id: UUID) -> Envelope:
        desk.release(request, release_id)
        return Envelope(**desk.told("releases", str(release_id), "/releases"))

    @app.patch("/releases/{release_id}", status_code=204, dependencies=DOCUMENTED, response_class=Response)
    async def change_release(request: Request, release_id: UUID, sent: ReleaseChanges) -> Response:
        return desk.changed(request, desk.release(request, release_id), sent.model_dump(exclude_unset=True))

    @app.delete("/releases/{release_id}", status_code=204, dependencies=DOCUMENTED, response_class=Response)
    async def remove_release(request: Request, release_id: UUID) -> Response:
        desk.release(request, release_id)
        desk.store.remove("releases", str(release_id))
        return Response(status_code=204)

    @app.post("/releases/{release_id}/yank", status_code=204, dependencies=DOCUMENTED, response_class=Response)
    async def yank(request: Request, release_id: UUID) -> Response:
        return desk.changed(request, desk.release(request, release_id), {"yanked": True})

    if "GET yank" in desk.rules.unlisted:
        app.get("/releases/{release_id}/yank", include_in_schema=False)(yank)
    if "PUT release" in desk.rules.unlisted:
        app.put("/releases/{release_id}", include_in_schema=False)(change_release)


def _files(app: FastAPI, desk: Desk) -> None:
    files = desk.store.tables["files"]
    where = "/releases/{release_id}/files"

    @app.get(where)
    async def list_files(request: Request, release_id: UUID, page: Annotated[int, Query(ge=1)] = 1) -> Page:
        desk.release(request, release_id, below=True)
        own = [key for key, row in files.items() if row["release"] == str(release_id)]
        return Page(**desk.page("files", own, request.url.path, page))

    @app.post(where, status_code=201, dependencies=DOCUMENTED)
    async def create_file(request: Request, release_id: UUID, sent: FileInput) -> Envelope:
        desk.release(request, release_id, below=True)
        desk.rules.nested(desk.store.tables, sent.release)
        row = {"release": str(release_id), **sent.model_dump(exclude={"release"})}
        return cast(Envelope, desk.made(request, "files", row))

    @app.get(f"{where}/{{file_id}}")
    async def read_file(request: Request, release_id: UUID, file_id: UUID) -> Envelope:
        desk.file(request, release_id, file_id)
        return Envelope(**desk.told("files", str(file_id), f"/releases/{release_id}/files"))

    @app.put(f"{where}/{{file_id}}", dependencies=DOCUMENTED)
    async def replace_file(request: Request, release_id: UUID, file_id: UUID, sent: FileInput) -> Envelope:
        desk.changed(request, desk.file(request, release_id, file_id), sent.model_dump(exclude={"release"}))
        return Envelope(**desk.told("files", str(file_id), f"/releases/{release_id}/files"))

    @app.patch(f"{where}/{{file_id}}", status_code=204, dependencies=DOCUMENTED, response_class=Response)
    async def change_file(request: Request, release_id: UUID, file_id: UUID, sent: FileChanges) -> Response:
        return desk.changed(request, desk.file(request, release_id, file_id), sent.model_dump(exclude_unset=True))

    @app.delete(f"{where}/{{file_id}}", status_code=204, dependencies=DOCUMENTED, response_class=Response)
    async def remove_file(request: Request, release_id: UUID, file_id: UUID) -> Response:
        desk.file(request, release_id, file_id)
        desk.store.remove("files", str(file_id))
        return Response(status_code=204)
