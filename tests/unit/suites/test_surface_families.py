"""What the families on whole lists and on scopes send, and who may send it where."""

from harness.family import Control, Mutant, Outcome
from harness.model import Expect
from tests.unit.suites.fake_control import API_KEY, family
from tests.unit.suites.fake_people import channels, people


def scoped(control: Control) -> dict[str, Mutant]:
    found = family("bulk-delete-scope").mutations.values()
    return {
        " ".join(filter(None, (one.name, dict(mutant.pairs).get("case")))): mutant
        for one in found
        for mutant in one.make(control)
    }


def listed(**changes: object) -> dict[str, Mutant]:
    everybody = {"roles": people(API_KEY), "channels": channels(API_KEY)}
    lists = {"methods": ("PATCH", "PUT", "DELETE"), "envelopes": ("objects",)}
    control = API_KEY.control("POST", **everybody, **lists, **changes)
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
    bounded, callers = ("new-in-objects", "named-in-objects"), ("guest", "arbitrary-key", "low-privilege")
    every = (*callers, "session", "inactive-account")
    assert {name for name, one in found.items() if not one.unbounded} == {
        f"{who} {it}" for who in every for it in bounded
    }
    assert {name for name, one in found.items() if one.unbounded} == {
        f"{who} {it}" for who in callers for it in ("empty-objects", "all")
    }
    assert {one.actor for one in found.values() if one.unbounded} == {"", "the-low"}
    assert {one.actor for one in found.values()} == {"", "the-low", "the-session", "the-inactive"}


def test_a_changed_object_is_named_by_its_own_address() -> None:
    named = listed(marker_field="note", address_field="uri")["guest named-in-objects"]
    assert (dict(named.fields), named.alone) == ({"uri": "{other.uri}", "note": "{marker}"}, True)
    assert "guest named-in-objects" not in listed(marker_field="note")
