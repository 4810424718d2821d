"""Answers that hand back keys and passwords, and those that only seem to."""

from pathlib import Path
from typing import Any

import pytest
from werkzeug import Request, Response

from tests.contract.adversary.kit import Api, reply, run, served
from tests.e2e.command import holdfast

ASKED = ("--family", "credential-echo", "--family", "guest-write", "--family", "guest-read")
READ, LIST, CHANGE = "GET /things/{thing_id}", "GET /things", "PATCH /things/{thing_id}"
SILENT = ("HELD", "silent")
ECHO = ("LEAKED", "credential-echo")


class Parts(Api):
    """Correct: shows the beginning of a key, as pages do to tell keys apart, and an empty password."""

    def show(self, row: dict[str, Any]) -> Any:
        return {**row, "made_with": f"{self.keys['boss'][:10]}…", "password": "********", "token_count": 1}


class ShowsKeys(Api):
    """Each object tells the key of an account that has nothing to do with it."""

    def read(self, req: Request, row: dict[str, Any]) -> Response:
        return reply({**row, "reviewer": {"name": "worker", "api_key": self.keys["worker"]}})


class Mirrors(Api):
    """A change is answered with what came."""

    def changed(self, row: dict[str, Any]) -> Response:
        return reply({**row, "request": {"authorization": f"ApiKey boss:{self.keys['boss']}"}})


class Hashes(Api):
    """The list shows whole accounts."""

    def brief(self, row: dict[str, Any]) -> Any:
        return {
            **row,
            "owner": {"name": "boss", "password": "pbkdf2_sha256$600000$abcdefgh$MTIzNDU2Nzg5MDEyMzQ1Njc4OTA="},
        }


def told(api: Api, folder: Path) -> tuple[dict[str, tuple[str, str]], str, int]:
    """Verdicts by `mutation[operation]`, all that was written, and the exit code."""
    ran = run(api, folder, *ASKED)
    found = {name: one for name, one in ran.verdicts().items() if name.startswith("credential-echo/")}
    written = "".join(file.read_text(errors="replace") for file in (folder / "out").rglob("*") if file.is_file())
    return {name.removeprefix("credential-echo/"): one for name, one in found.items()}, written, ran.code


def test_parts_of_a_key_are_none(tmp_path: Path) -> None:
    found, _, _ = told(Parts(), tmp_path)
    assert {one for name, one in found.items() if "/things" in name} == {SILENT}
    assert len(found) == 3 * 6


@pytest.mark.parametrize(
    ("kind", "name", "verdict"),
    [
        (ShowsKeys, f"other-key[{READ}]", ECHO),
        (Hashes, f"password-hash[{LIST}]", ECHO),
        (Mirrors, f"own-key[{CHANGE}]", ("WEAK", "advisory")),
    ],
)
def test_what_an_answer_hands_back(kind: type[Api], name: str, verdict: tuple[str, str], tmp_path: Path) -> None:
    api = kind()
    found, written, code = told(api, tmp_path)
    assert found[name] == verdict
    assert {one for other, one in found.items() if other != name and "/things" in other} == {SILENT}
    assert not [key for key in api.keys.values() if key in written]
    assert code == (1 if verdict == ECHO else code)


@pytest.mark.parametrize("kind", [ShowsKeys, Hashes])
def test_one_of_these_alone_is_open_until_it_is_mended(kind: type[Api], tmp_path: Path) -> None:
    """Reads that nobody asked for by themselves are heard in the company of the writes that they belong to."""
    api, right = kind(), Api()
    right.keys = api.keys
    keys = {"ADMIN_KEY": api.keys["boss"], "PLAIN_KEY": api.keys["worker"]}
    ran = run(api, tmp_path, "--family", "credential-echo", "--family", "guest-write")
    (name,) = (one for one, verdict in ran.verdicts().items() if verdict == ECHO)
    for number, (server, code, now) in enumerate([(api, 1, "STILL OPEN"), (right, 0, "FIXED")]):
        out = tmp_path / f"again{number}"
        with served(server) as url:
            words = ("retest", str(tmp_path / "out"), name, "--base-url", url, "--out", str(out))
            again = holdfast(*words, keys=keys, folder=tmp_path, out=out)
        assert again.code == code
        assert f"1 {now}\n\n{now}\n  {name}\n" in again.text
