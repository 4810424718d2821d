"""Whose an object is and who may set what: servers that ask, that forget to, and that only seem not to."""

from pathlib import Path

import pytest

from tests.contract.running import Choice, Ran, left_as_found, run
from tests.contract.test_masks import REFUSED, mutations, of

MORE = """\
resources:
  parts: {owner: {owner_field: [body.owner]}, privileged_fields: [approved]}
"""
FOREIGN, FIELD, BODY = "foreign-object", "privileged-field", "owner-in-body"
NOBODYS = "policy: nothing says whose it writes on"
"""Where a new object is made: it is nobody's yet."""
TAKEN = "BYPASSED foreign-change"
STORED = "BYPASSED field-stored"
CHANGED = "BYPASSED any-change"
IGNORED = "HELD ignored"


def asked(*names: str, methods: str = "POST PATCH DELETE") -> Choice:
    """The probes of these families on parts, but for what guests might do."""
    chosen = of(*names, path="parts", methods=methods)
    return lambda probe: (
        chosen(probe) and probe.mutation != "by-guest" and not (probe.not_applicable or "").startswith(NOBODYS)
    )


def by_family(ran: Ran) -> dict[str, set[str]]:
    """The verdicts of each family."""
    found: dict[str, set[str]] = {}
    for name, verdict in ran.verdicts.items():
        found.setdefault(name.partition("/")[0], set()).add(verdict)
    return found


TABLE = [
    ("owned", REFUSED, REFUSED, IGNORED),
    ("ignores_owner", REFUSED, IGNORED, IGNORED),
    ("honours_owner", REFUSED, TAKEN, IGNORED),
    ("anybody_changes", CHANGED, REFUSED, IGNORED),
    ("approves_itself", REFUSED, REFUSED, STORED),
    ("hidden_parts", "HELD hidden", REFUSED, IGNORED),
]


@pytest.mark.parametrize(("mask", "foreign", "body", "field"), TABLE, ids=[row[0] for row in TABLE])
def test_the_table(mask: str, foreign: str, body: str, field: str, tmp_path: Path) -> None:
    ran = run(tmp_path, mask, asked(FOREIGN, BODY, FIELD), more=MORE)
    assert by_family(ran) == {FOREIGN: {foreign}, BODY: {body}, FIELD: {field}}
    assert len(ran.judged) == 6 + 4 + 4
    left_as_found(ran)


def test_only_removal_forgets_to_ask(tmp_path: Path) -> None:
    ran = run(tmp_path, "anybody_removes", asked(FOREIGN), more=MORE)
    found = ran.picked(of(FOREIGN, methods="DELETE"))
    assert len(found) == 3
    assert ran.having(CHANGED) == found
    assert ran.having(REFUSED) == ran.judged.keys() - found
    left_as_found(ran)


def test_only_changes_take_the_field(tmp_path: Path) -> None:
    ran = run(tmp_path, "approves_on_change", asked(FIELD), more=MORE)
    assert ran.having(STORED) == ran.picked(of(FIELD, methods="PATCH"))
    assert ran.having(IGNORED) == ran.picked(of(FIELD, methods="POST"))
    left_as_found(ran)


def test_what_is_changed_is_the_named_owners(tmp_path: Path) -> None:
    ran = run(tmp_path, "acts_on_owner", mutations(f"{BODY}/names-peer", methods="PATCH"), more=MORE)
    assert set(ran.verdicts.values()) == {TAKEN}
    left_as_found(ran)


def test_who_may_make_none_owns_none(tmp_path: Path) -> None:
    ran = run(tmp_path, "correct", asked(FOREIGN, FIELD), more=MORE)
    own = ran.picked(lambda probe: probe.by != "")
    assert ran.having("NOT-APPLICABLE policy") == own
    assert ran.having(REFUSED) == ran.judged.keys() - own
    left_as_found(ran)


def test_a_dead_account_owns_nothing_that_could_be_told(tmp_path: Path) -> None:
    ran = run(tmp_path, "owned", asked(FOREIGN), more=MORE, keys={"peer": "0" * 40})
    assert ran.having(REFUSED) == ran.picked(mutations(f"{FOREIGN}/low-on-admin"))
    assert all(ran.verdicts[name].startswith("INCONCLUSIVE") for name in ran.judged.keys() - ran.having(REFUSED))
    left_as_found(ran)


def test_a_field_that_no_reader_shows_is_not_held(tmp_path: Path) -> None:
    more = MORE.replace("[approved]", "[vetted]")
    ran = run(tmp_path, "owned", asked(FIELD), more=more)
    assert set(ran.verdicts.values()) == {"INCONCLUSIVE unobserved"}
    left_as_found(ran)
