"""What the families on whole lists and on scopes send, and who may send it where."""

from harness.family import Control, Mutant, Outcome
from harness.model import Expect
from tests.unit.suites.fake_control import API_KEY, family


def scoped(control: Control) -> dict[str, Mutant]:
    found = family("bulk-delete-scope").mutations.values()
    return {
        " ".join(filter(None, (one.name, dict(mutant.pairs).get("case")))): mutant
        for one in found
        for mutant in one.make(control)
    }


def listed(**changes: object) -> dict[str, Mutant]:
    control = API_KEY.control("POST", methods=("PATCH", "PUT", "DELETE"), envelopes=("objects",), **changes)
    return {
        f"{one.name} {dict(mutant.pairs)['case']}": mutant
        for one in family("collection-write").mutations.values()
        for mutant in one.make(control)
    }


def test_a_name_that_stands_there_as_it_is_bounds_a_query() -> None:
    found = scoped(API_KEY.control("DELETE", scope="release", filter="slug"))
    assert {name: (one.raw_query, one.names) for name, one in found.items() if not one.unbounded} == {
        "plain": ("release={scope}", "scope"),
        "other-filter": ("release={scope}&slug={one.slug}", "one"),
        "unknown-filter": ("release={scope}&no-such-filter=1", "scope"),
        "named-twice in-turn": ("release={scope}&release={beside}", "both"),
        "named-twice reversed": ("release={beside}&release={scope}", "both"),
        "blank-beside-filter": ("release=&slug={one.slug}", "none"),
    }
    guarded = {name: one.guard for name, one in found.items() if one.guard}
    assert guarded == {"blank-beside-filter": "release={scope}&slug={one.slug}"}


def test_a_scope_is_tried_by_whom_it_is_for() -> None:
    for mutant in scoped(API_KEY.control("DELETE", scope="release", filter="slug")).values():
        assert (mutant.actor, mutant.expect) == ("the-admin", Expect.INVALID)
    beyond = scoped(API_KEY.control("DELETE", scope="release", filter="slug"))["other-filter"].forbids
    assert [(str(one), one.worst) for one in beyond] == [
        ("outside-scope", Outcome.BYPASSED),
        ("beyond-filter", Outcome.WEAK),
    ]


def test_without_another_filter_nothing_is_narrowed() -> None:
    found = scoped(API_KEY.control("DELETE", scope="release"))
    assert "other-filter" not in found
    assert "blank-beside-filter" not in found


def test_no_privileged_key_goes_to_a_whole_list() -> None:
    found = listed(marker_field="note", address_field="uri")
    assert {name.partition(" ")[0] for name in found} == {"guest", "arbitrary-key", "low-privilege"}
    assert {one.actor for one in found.values()} == {"", "the-low"}
    assert {name for name, one in found.items() if one.unbounded and name.startswith("guest")} == {
        "guest empty-objects",
        "guest all",
    }


def test_a_changed_object_is_named_by_its_own_address() -> None:
    named = listed(marker_field="note", address_field="uri")["guest named-in-objects"]
    assert (dict(named.fields), named.alone) == ({"uri": "{other.uri}", "note": "{marker}"}, True)
    assert "guest named-in-objects" not in listed(marker_field="note")
