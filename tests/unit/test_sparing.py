"""Whose names probes show, and when a name is left alone."""

import base64
from dataclasses import replace

import pytest

from harness.engine.sending.naming import named, refusable
from harness.engine.sending.sparing import Sparing
from harness.model import (
    GUEST,
    Asked,
    Bend,
    Credential,
    Exchange,
    Identity,
    Mutant,
    Operation,
    Part,
    Probe,
    Request,
    Secret,
    Severity,
)

ADMIN = Identity("boss", "release-admin", Secret("one"), True, auth="key")
LOW = Identity("plain", "someone", Secret("two"), False, auth="key")
SITE = replace(ADMIN, name="site", of="boss", auth="cookie:sid")
ALL = (ADMIN, LOW, SITE)
OWN = Mutant(Credential("key", Part(of="boss", kind="username"), Part(of="boss"), valid=True), actor="boss")
WRONG = Mutant(Credential("key", Part(of="boss", kind="username"), Part("x")))


def probe(mutant: Mutant, name: str = "one") -> Probe:
    return Probe(name, Asked("family", "mutation", "A title.", Severity.HIGH), Operation("POST", "/things/"), mutant)


def answered(status: int) -> Exchange:
    return Exchange(Request("POST", "/things/"), status)


@pytest.mark.parametrize(
    ("mutant", "names"),
    [
        (WRONG, {"boss"}),
        (Mutant(Credential("key", Part("nobody"), Part(of="plain", bend=Bend.REVERSED))), {"plain"}),
        (Mutant(GUEST), set()),
        (Mutant(GUEST).with_query("username", Part(of="boss", kind="username")), {"boss"}),
        (Mutant(GUEST).with_field("auth", {"name": ["RELEASE-ADMIN"]}), {"boss"}),
        (Mutant(Credential("key", literal="ApiKey Release_Admin;x")), {"boss"}),
        (Mutant(Credential("key", literal=f"Basic {base64.b64encode(b'someone:').decode()}")), {"plain"}),
        (Mutant(Credential("key", Part("\uff53omeone "), Part("x"))), {"plain"}),
        (replace(Mutant(Credential("cookie:sid", key=Part(of="site"), valid=True)), actor="site"), {"boss"}),
        (Mutant(GUEST).with_header("Cookie", Part("x", before="username=release-admin; api_key=")), {"boss"}),
    ],
)
def test_whose_name_a_probe_shows(mutant: Mutant, names: set[str]) -> None:
    assert named(probe(mutant), ALL) == names


def test_only_the_entitled_are_not_to_be_refused() -> None:
    known = {one.name: one for one in ALL}
    dead = {**known, "boss": replace(ADMIN, state="inactive")}
    as_low = replace(OWN, actor="plain")
    assert [refusable(probe(one), known) for one in (OWN, WRONG, as_low, Mutant(GUEST))] == [False, True, True, True]
    assert refusable(probe(OWN), dead)


def test_a_name_is_left_alone_when_its_budget_is_met() -> None:
    sparing = Sparing(2, ALL)
    for status in (201, 401, 500, 403):
        assert sparing.takes(probe(WRONG))
        sparing.note(probe(WRONG), answered(status))
    assert not sparing.takes(probe(WRONG))
    assert list(sparing.left_out([probe(WRONG)]).values()) == [
        "budget: boss has met 2 refusals, its limits.failures_per_identity"
    ]
    assert sparing.takes(probe(Mutant(GUEST)))
    assert sparing.takes(probe(OWN))


def test_what_was_met_in_an_earlier_part_counts() -> None:
    first, second = Sparing(3, ALL), Sparing(3, ALL)
    for status in (401, 201, 403):
        assert first.takes(probe(WRONG))
        first.note(probe(WRONG), answered(status))
    assert first.met == {"boss": 2}
    second.adopt(first.met)
    assert [second.takes(probe(WRONG)) for _ in range(2)] == [True, False]


def test_what_is_under_way_counts_as_refused() -> None:
    sparing = Sparing(2, ALL)
    assert [sparing.takes(probe(WRONG)) for _ in range(3)] == [True, True, False]
    sparing.note(probe(WRONG), answered(404))
    assert sparing.takes(probe(WRONG))


def test_a_lane_is_cut_to_what_its_accounts_bear() -> None:
    sparing = Sparing(3, ALL)
    assert sparing.takes(probe(WRONG))
    sparing.note(probe(WRONG), answered(401))
    lane = [probe(WRONG, str(number)) for number in range(4)] + [probe(OWN, "own"), probe(Mutant(GUEST), "guest")]
    assert set(sparing.left_out(lane)) == {"2", "3"}
    assert Sparing(None, ALL).left_out(lane) == {}
