"""What a run makes where no list and no search shows it: it is removed by the id that its answer told, or said to be
there, by the marker to look for."""

import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from tests.contract.harm.kit import Answer, Api, Call, Ran, holdfast, run_on, serving
from tests.contract.harm.test_harm import started

CREATION = ("--operation", "POST /things", "--family", "guest-write")
SEEDED = 3


class Open(Api):
    """Nothing lists things, and everybody may add one."""

    methods_list = ("POST",)

    def admit(self, method: str, who: str | None) -> None:
        if method != "POST":
            super().admit(method, who)


class Mute(Open):
    """Tells no id of what it makes."""

    def created(self, name: str, row: dict[str, Any]) -> Answer:
        return Answer(201, {"ok": True})


class Lossy(Open):
    """From the sixth on, every third creation is obeyed, and answered by a gateway that has lost patience."""

    def created(self, name: str, row: dict[str, Any]) -> Answer:
        lost = row["id"] > SEEDED + 5 and row["id"] % 3 == 0
        return Answer(504) if lost else super().created(name, row)


class Silent(Api):
    """Right; a request is in its log as soon as it comes."""

    methods_list = ("POST",)

    def before(self, call: Call) -> None:
        self.log.append((call.method, call.path, 0))


def left(api: Api) -> set[str]:
    """Texts of what is there and was not before."""
    return {row["name"] for row in api.state()["things"].values()} - {f"theirs {n}" for n in range(SEEDED)}


def named(ran: Ran) -> set[str]:
    return set(re.findall(r"with the text (\w+) ", str(ran.report["leftovers"])))


def test_what_got_in_is_removed_by_the_id_that_was_told(tmp_path: Path) -> None:
    api = Open()
    ran = run_on(api, tmp_path, *CREATION)
    assert Counter(one["verdict"] for one in ran.report["verdicts"])["BYPASSED"] > 0
    assert (left(api), ran.report["leftovers"], ran.code) == (set(), [], 1)


@pytest.mark.parametrize("kind", [Mute, Lossy])
def test_what_has_no_id_is_named_by_its_marker(kind: type[Api], tmp_path: Path) -> None:
    api = kind()
    ran = run_on(api, tmp_path, *CREATION)
    assert left(api) == named(ran) != set()
    assert ran.code == 4


def test_a_killed_run_names_what_was_under_way(tmp_path: Path) -> None:
    api = Silent()
    (tmp_path / "target.yaml").write_text(api.target())
    with serving(api) as url:
        arguments = ("run", "target.yaml", "--base-url", url, "--out", "out", *CREATION)
        with api.lock, started(api, tmp_path, 12, *arguments) as process:
            process.kill()
        ran = holdfast(tmp_path, "cleanup", "out")
    found = set(re.findall(r"with the text (\w+) ", ran.text))
    assert left(api) <= found
    assert (ran.code, len(found) > 0) == (4, True)
