"""Headers that a server believes: whence a request came, whether it is one of its own, and what its sender may do."""

from pathlib import Path
from typing import Any

import pytest
from werkzeug import Request, Response

from tests.contract.words.kit import Api, run

ASKED = ("trusted-headers", "low-privilege-write/own-credential", "low-privilege-write/privileged-role-in-header")
CHANGE = "PATCH /things/{thing_id}"


class Believing(Api):
    """Lets in whoever sends one header."""

    header, value, known = "", "", False
    """`known`: only who has a key of any kind."""

    def others(self, req: Request, key: str, body: dict[str, Any]) -> Response:
        told = req.headers.get(self.header) == self.value
        who = self.caller(req)
        return self.write(req, key, body) if told and who == ("worker" if self.known else "guest") else self.deny(req)


class ByAddress(Believing):
    """As OctoPrint did where a machine at home was let in without a password."""

    header, value = "X-Forwarded-For", "127.0.0.1"


class ByMark(Believing):
    """As Next.js did with requests that it made to itself."""

    header, value = "X-Middleware-Subrequest", "middleware:middleware:middleware:middleware:middleware"


class ByRole(Believing):
    """As what stood behind OpenStack's middleware did, which left the caller's own headers where they were."""

    header, value, known = "X-Roles", "admin", True


TABLE = [
    (Api, ""),
    (ByAddress, "trusted-headers/address-in-header case=x-forwarded-for"),
    (ByMark, "trusted-headers/marked-as-internal case=x-middleware-subrequest"),
    (ByRole, "low-privilege-write/privileged-role-in-header case=x-roles"),
]


@pytest.mark.parametrize(("kind", "open_to"), TABLE, ids=[one[0].__name__ for one in TABLE])
def test_what_a_header_opens(kind: type[Api], open_to: str, tmp_path: Path) -> None:
    ran = run(kind(), tmp_path, ASKED)
    for operation in ("POST /things", CHANGE, "DELETE /things/{thing_id}"):
        told = {name.replace(f"[{operation}", "").rstrip("]"): one for name, one in ran.of(operation).items()}
        assert {name for name, one in told.items() if one == "BYPASSED any-change"} == {open_to} - {""}, ran.explain()
        assert {one for name, one in told.items() if name != open_to} == {"HELD refused"}, ran.explain()
    assert ran.clean, ran.explain()


def test_a_right_server_refuses_them_all(tmp_path: Path) -> None:
    ran = run(Api(), tmp_path, ASKED)
    assert len(ran.of(CHANGE)) == 22
    assert ran.all_held("POST /things", CHANGE, "DELETE /things/{thing_id}"), ran.explain()
