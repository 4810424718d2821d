"""What guest-read, invalid-on-read and guest-view send."""

import pytest

from harness.model import Expect
from tests.unit.suites.fake_control import ADMIN, API_KEY, BASIC, FAKES, TOKEN, Fake
from tests.unit.suites.fake_people import sent

FAMILIES = ["guest-read", "invalid-on-read", "guest-view"]


def told(fake: Fake, name: str) -> dict[str, str | None]:
    return {key: one.header(fake.channel.header) for key, one in sent(fake, name, "GET").items()}


def test_reads_that_are_not_public() -> None:
    assert told(API_KEY, "guest-read") == {"no-credential": None, "bent-key": "ApiKey release-admin:c0ffeeBadF00d0"}
    for one in sent(API_KEY, "guest-read", "GET").values():
        assert one.mutant.expect is Expect.REFUSED
        assert [str(forbid) for forbid in one.mutant.forbids] == ["opened", "marker-read"]


def test_twelve_bad_credentials() -> None:
    found = told(API_KEY, "invalid-on-read")
    alike = found.pop("random-key-alike") or ""
    assert len(alike) == len("ApiKey release-admin:") + len(ADMIN)
    assert ADMIN not in alike
    assert found == {
        "arbitrary-key": "ApiKey release-admin:anything_here",
        "last-char-changed": "ApiKey release-admin:c0ffeeBadF00d0",
        "first-char-changed": "ApiKey release-admin:00ffeeBadF00d9",
        "empty-key": "ApiKey release-admin:",
        "name-alone": "ApiKey release-admin",
        "escaped-nul-as-key": "ApiKey release-admin:%00",
        "scheme-alone": "ApiKey",
        "no-space": "ApiKeyrelease-admin:anything_here",
        "two-spaces": "ApiKey  release-admin:anything_here",
        "tab-for-space": "ApiKey\trelease-admin:anything_here",
        "trailing-comma": "ApiKey release-admin:anything_here,",
    }


def test_bad_credentials_where_the_key_is_all() -> None:
    found = told(TOKEN, "invalid-on-read")
    assert len(found) == 11
    assert found["no-space"] == "Tokenanything_here"
    assert list(told(FAKES["bare"], "invalid-on-read")) == [
        *("arbitrary-key", "random-key-alike", "last-char-changed", "first-char-changed", "escaped-nul-as-key")
    ]
    assert len(told(BASIC, "invalid-on-read")) == 12


def test_a_bad_credential_shows_no_more_than_a_guest_sees() -> None:
    found = sent(API_KEY, "invalid-on-read", "GET")
    for one in found.values():
        assert one.mutant.expect is Expect.GUEST_VIEW
        assert [str(forbid) for forbid in one.mutant.forbids] == ["opened", "marker-read"]
    assert {key for key, one in found.items() if one.mutant.also} == {
        *("name-alone", "scheme-alone", "no-space", "two-spaces", "tab-for-space", "trailing-comma")
    }
    assert {frozenset({400})} == {one.mutant.also for one in found.values()} - {frozenset()}


def test_what_a_guest_asks_for() -> None:
    assert {key: one.query for key, one in sent(API_KEY, "guest-view", "GET").items()} == {
        "plain": "",
        "unpublished-wanted case=is_published": "is_published=false",
        "unpublished-wanted case=published": "published=0",
        "unpublished-wanted case=draft": "draft=true",
        "no-limit": "limit=0",
        "large-limit": "limit=1000",
        "behind-the-end": "offset=1000000",
        "other-format case=xml": "format=xml",
        "other-format case=yaml": "format=yaml",
        "other-format case=csv": "format=csv",
        "everything-wanted case=fields": "fields=%2A",
        "everything-wanted case=expand": "expand=%2A",
        "everything-wanted case=include": "include=%2A",
        "hidden-order": "order_by=is_published",
    }


def test_a_narrower_view_is_no_other_view() -> None:
    found = sent(API_KEY, "guest-view", "GET")
    forbidden = {key: [str(forbid) for forbid in one.mutant.forbids] for key, one in found.items()}
    assert forbidden.pop("plain") == ["opened", "marker-read"]
    assert set(map(tuple, forbidden.values())) == {("marker-read",)}
    assert {key for key, one in found.items() if one.mutant.also != {400, 404, 406}} == {"plain"}
    assert {one.mutant.expect for one in found.values()} == {Expect.GUEST_VIEW}


@pytest.mark.parametrize("fake", FAKES.values(), ids=FAKES)
def test_a_guest_has_no_credential(fake: Fake) -> None:
    found = sent(fake, "guest-view", "GET")
    assert len(found) == 14
    assert {one.request.headers for one in found.values()} == {()}


@pytest.mark.parametrize("name", FAMILIES)
@pytest.mark.parametrize("fake", FAKES.values(), ids=FAKES)
def test_reads_alone_are_sent_each_once_and_with_nobodys_key(fake: Fake, name: str) -> None:
    assert sent(fake, name, "POST") == {}
    found = sent(fake, name, "GET")
    assert len({(one.request.target, one.request.headers) for one in found.values()}) == len(found)
    for one in found.values():
        assert one.request.body is None
        assert one.mutant.actor == ""
        assert not one.mutant.credential.valid
        assert ADMIN not in f"{one.request.target} {one.request.headers} {one.mutant!r}"
