"""Shards: what they are called, and how a plan falls into them."""

import json
from itertools import chain
from pathlib import Path

import pytest

from harness.engine import Opened, Plan, make_plan, open_target
from harness.engine.planning.sharding import Shard, digest, split
from harness.errors import UsageError
from harness.family import load_family
from harness.markers import run_secret
from tests.unit.shop import CONTENT, TARGET

SUITES = Path(__file__).parents[2] / "suites"
FAMILIES = ("authentication/guest_write.py", "surface/credential_echo.py", "surface/collection_write.py")


def paths(name: str) -> dict[str, object]:
    """A list that is written to as a whole, too, and its items."""
    write = {"requestBody": CONTENT, "responses": {}}
    item = {"name": "id", "in": "path", "required": True, "schema": {"type": "integer"}}
    return {
        f"/{name}/": {"get": {"responses": {}}, "post": write, "put": write},
        f"/{name}/{{id}}/": {"parameters": [item], "put": write, "delete": {"responses": {}}},
    }


@pytest.fixture(scope="module")
def planned(tmp_path_factory: pytest.TempPathFactory) -> tuple[Opened, Plan]:
    """The plan of an API with three kinds of objects."""
    folder = tmp_path_factory.mktemp("shop")
    document = {
        "openapi": "3.0.3",
        "info": {"title": "shop", "version": "1"},
        "paths": {**paths("things"), **paths("parts"), **paths("shelves")},
    }
    (folder / "document.json").write_text(json.dumps(document))
    (folder / "target.yaml").write_text(TARGET)
    opened = open_target(folder / "target.yaml", {"ADMIN": "a" * 20})
    return opened, make_plan([load_family(SUITES / one) for one in FAMILIES], opened)


@pytest.mark.parametrize(("text", "number", "of"), [("1/1", 1, 1), ("2/3", 2, 3), ("1000/1000", 1000, 1000)])
def test_a_shard_is_named_by_its_number(text: str, number: int, of: int) -> None:
    assert Shard.read(text) == Shard(number, of)
    assert str(Shard.read(text)) == text


@pytest.mark.parametrize(
    "text",
    ["", "1", "/", "1/", "/2", "0/2", "3/2", "-1/2", "1/-2", "1/2/3", "a/b", " 1/2", "²/3", "1/1001", "1/99999999"],
)
def test_what_names_no_shard_is_refused_in_one_line(text: str) -> None:
    with pytest.raises(UsageError, match="write I/N, from 1/N to N/N") as caught:
        Shard.read(text)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("of", [1, 2, 3])
def test_every_probe_is_in_exactly_one_shard(planned: tuple[Opened, Plan], of: int) -> None:
    opened, plan = planned
    ids = [one.id for one in plan.probes]
    parts = split(plan, opened.graph, ids, of)
    assert sorted(chain(*parts)) == sorted(ids)
    assert all(parts)
    assert all([name for name in ids if name in set(part)] == list(part) for part in parts)
    assert split(plan, opened.graph, ids[::-1], of) == parts


def test_what_is_asked_of_one_kind_of_object_stays_together(planned: tuple[Opened, Plan]) -> None:
    opened, plan = planned
    probes = {one.id: one for one in plan.probes}
    parts = split(plan, opened.graph, list(probes), 3)
    bounded = [
        {
            one.operation.path.split("/")[1]
            for name in part
            if not ((one := probes[name]).mutant.unbounded or one.mutant.listens)
        }
        for part in parts
    ]
    assert sorted(map(sorted, bounded)) == [["parts"], ["shelves"], ["things"]]
    reaching = {number for number, part in enumerate(parts) for name in part if probes[name].mutant.unbounded}
    assert reaching == {2}, "what may reach more than a run makes comes last"
    assert "credential-echo/own-key[PUT /things/]" in parts[2], "who listens is where there is something"


def test_more_shards_than_there_are_groups_are_refused(planned: tuple[Opened, Plan]) -> None:
    opened, plan = planned
    ids = [one.id for one in plan.probes if one.family == "guest-write" and "things" in one.operation.path]
    assert split(plan, opened.graph, ids, 1) == (tuple(ids),)
    with pytest.raises(UsageError, match=r"falls into 1 parts .*; name 1 shards at most"):
        split(plan, opened.graph, ids, 2)


def test_a_plan_is_named_by_what_is_in_it(planned: tuple[Opened, Plan]) -> None:
    opened, plan = planned
    assert digest(plan) == digest(make_plan(plan.families, opened))
    assert digest(plan) != digest(make_plan(plan.families[1:], opened))
    assert digest(plan) != digest(make_plan(plan.families, opened, "smoke"))


def test_shards_of_one_seed_write_different_markers() -> None:
    secrets = {
        run_secret(7),
        run_secret(7, 1),
        run_secret(7, 0, "1/2"),
        run_secret(7, 0, "2/2"),
        run_secret(7, 1, "1/2"),
    }
    assert len(secrets) == 5
