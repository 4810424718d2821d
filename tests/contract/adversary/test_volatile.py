"""Effects that hold no marker, hidden by what counts as restless or by an even number."""

from pathlib import Path
from typing import Any, ClassVar

from werkzeug import Request, Response

from tests.contract.adversary.kit import Api, held, run

PATCH = "PATCH /things/{thing_id}"


class Publishes(Api):
    """Every refused PATCH publishes the object all the same (a signal before the check), and is answered 401/403."""

    def others(self, req: Request, key: str, body: dict[str, Any]) -> Response:
        if req.method == "PATCH" and key in self.rows:
            self.rows[key]["published"] = True
            self.hits.append(key)
        return self.deny(req)


class Toggles(Api):
    """Every refused PATCH toggles `published`."""

    def others(self, req: Request, key: str, body: dict[str, Any]) -> Response:
        if req.method == "PATCH" and key in self.rows:
            self.rows[key]["published"] = not self.rows[key]["published"]
            self.hits.append(key)
        return self.deny(req)


class Counted(Api):
    """{"success", "data": {…, "views"}}: reading counts. PATCH with the admin's name and a wrong key publishes, 401."""

    defaults: ClassVar[dict[str, Any]] = {"published": False, "views": 0}

    def wrap(self, data: Any) -> Any:
        return {"success": True, "data": data}

    def read(self, req: Request, row: dict[str, Any]) -> Response:
        row["views"] += 1
        return super().read(req, row)

    def others(self, req: Request, key: str, body: dict[str, Any]) -> Response:
        if req.method == "PATCH" and self.wrong_boss(req) and key in self.rows:
            self.rows[key]["published"] = True
            self.hits.append(key)
        return self.deny(req)


class CountedPlain(Counted):
    """The same without an envelope."""

    def wrap(self, data: Any) -> Any:
        return data


class ByKey(Publishes):
    """Only the reversed key publishes: no value of the mutant is stored."""

    def others(self, req: Request, key: str, body: dict[str, Any]) -> Response:
        if req.headers.get("Authorization", "").endswith(":" + self.keys["boss"][::-1]):
            return super().others(req, key, body)
        return self.deny(req)


def test_publishing_by_everybody(tmp_path: Path) -> None:
    api = Publishes()
    ran = run(api, tmp_path)
    assert api.hits
    assert not held(ran, PATCH)
    assert ran.code != 0


def test_toggling_by_everybody(tmp_path: Path) -> None:
    api = Toggles()
    ran = run(api, tmp_path, "--operation", PATCH)
    assert api.hits
    assert not held(ran, PATCH)
    assert ran.code != 0


def test_publishing_inside_a_counted_envelope(tmp_path: Path) -> None:
    api = Counted()
    ran = run(api, tmp_path)
    assert api.hits
    assert not held(ran, PATCH, "fabricated-key/arbitrary-key")
    assert ran.code != 0


def test_publishing_beside_a_counter(tmp_path: Path) -> None:
    api = CountedPlain()
    ran = run(api, tmp_path)
    assert api.hits
    assert not held(ran, PATCH, "fabricated-key/arbitrary-key")
    assert ran.code == 1


def test_publishing_by_one_key(tmp_path: Path) -> None:
    api = ByKey()
    ran = run(api, tmp_path)
    assert api.hits
    assert not held(ran, PATCH, "fabricated-key/reversed-key")
    assert ran.code == 1
