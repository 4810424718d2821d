"""Credentials of the wrong shape, under the wrong scheme or by another name of the same account, to the byte."""

import base64
import json
import re
from dataclasses import replace

import pytest

from harness.credentials import Channel
from harness.family import Control
from harness.model import Mutant, Part
from tests.unit.suites.fake_control import (
    ADMIN,
    API_KEY,
    BASIC,
    BEARER,
    FAKES,
    FORM,
    JSON,
    LOW,
    NAMED_TOKEN,
    QUERY,
    SECOND,
    TOKEN,
    Fake,
    family,
)

FAMILIES = ["malformed-key", "malformed-authorization", "wrong-scheme", "username-normalisation"]
BASE64 = "cmVsZWFzZS1hZG1pbjphbnl0aGluZ19oZXJl"
"""Of `release-admin:anything_here`."""

KEYS = {
    "odd-length case=1": "7",
    "odd-length case=256": "7" * 256,
    "odd-length case=4096": "7" * 4096,
    "odd-length case=8000": "7" * 8000,
    "blank-in-key case=space-in-front": " anything_here",
    "blank-in-key case=space-behind": "anything_here ",
    "blank-in-key case=space": "anything here",
    "blank-in-key case=tab": "anything\there",
    "extra-colon case=third-part": "anything_here:extra",
    "extra-colon case=behind": "anything_here:",
    "extra-colon case=in-front": ":anything_here",
    "escaped-key case=once": "%61%6e%79%74%68%69%6e%67%5f%68%65%72%65",
    "escaped-key case=twice": "%2561%256e%2579%2574%2568%2569%256e%2567%255f%2568%2565%2572%2565",
    "base64-key case=padded": BASE64 + "fn5+fn5+fg==",
    "base64-key case=unpadded": BASE64 + "fn5+fn5+fg",
    "base64-key case=of-urls": BASE64 + "fn5-fn5-fg==",
    "enclosed-key case=quotes": '"anything_here"',
    "enclosed-key case=angle-brackets": "<anything_here>",
    "query-language case=sql-quote": "' OR '1'='1",
    "query-language case=sql-double-quote": '" or ""="',
    "query-language case=ldap": "*)(uid=*",
    "query-language case=mongo": '{"$ne":null}',
    "pattern case=like-percent": "%",
    "pattern case=like-underscore": "_",
    "pattern case=regex": ".*",
    "template-syntax": "{{7*7}}",
    "escaped-line-break": "anything%0d%0ahere",
}
HEADERS = {
    "separator case=none": "ApiKeyrelease-admin:anything_here",
    "separator case=two-spaces": "ApiKey  release-admin:anything_here",
    "separator case=tab": "ApiKey\trelease-admin:anything_here",
    "comma-behind": "ApiKey release-admin:anything_here,",
    "other-colon case=space": "ApiKey release-admin anything_here",
    "other-colon case=equals": "ApiKey release-admin=anything_here",
    "other-colon case=semicolon": "ApiKey release-admin;anything_here",
    "other-colon case=escaped": "ApiKey release-admin%3Aanything_here",
    "other-colon case=full-width": "ApiKey release-admin\xef\xbc\x9aanything_here",
    "other-colon case=alone": "ApiKey :",
    "parameters case=two": 'ApiKey username="release-admin", key="anything_here"',
    "valid-behind-comma": f"ApiKey release-admin:anything_here, ApiKey release-admin:{ADMIN}",
    "scheme-twice": "ApiKey ApiKey release-admin:anything_here",
    "quoted-whole": '"ApiKey release-admin:anything_here"',
    "blank-value case=empty": "",
    "blank-value case=spaces": "   ",
    "other-basic case=no-base64": "Basic %%garbage%%",
    "other-basic case=no-text": "Basic //46/w==",
    "other-basic case=no-colon": "Basic cmVsZWFzZS1hZG1pbg==",
    "other-basic case=empty-key": "Basic cmVsZWFzZS1hZG1pbjo=",
    "other-basic case=arbitrary-key": f"Basic {BASE64}",
}
BOTH = "release-admin:anything_here"
SCHEMES = {
    "other-scheme case=bearer": f"Bearer {BOTH}",
    "other-scheme case=token": f"Token {BOTH}",
    "other-scheme case=basic": f"Basic {BOTH}",
    "other-scheme case=negotiate": f"Negotiate {BOTH}",
    "other-scheme case=ntlm": f"NTLM {BOTH}",
    "other-scheme case=googlelogin": f"GoogleLogin {BOTH}",
    "other-scheme case=apikey2": f"ApiKey2 {BOTH}",
    "other-scheme case=api-key": f"Api-Key {BOTH}",
    "other-scheme case=session": f"Session {BOTH}",
    "name-in-scheme case=digest": 'Digest username="release-admin"',
    "name-in-scheme case=aws": "AWS4-HMAC-SHA256 Credential=release-admin/",
    "name-in-scheme case=hawk": 'Hawk id="release-admin"',
    "no-scheme case=key": "anything_here",
    "no-scheme case=name-and-key": f" {BOTH}",
    "valid-key-as-bearer": f"Bearer {ADMIN}",
}
ALIASES = {
    **{
        f"key-in-other-header case={name.lower()}": ((name, "anything_here"),)
        for name in (
            *("X-API-Key", "X-Api-Token", "Api-Key", "X-Auth-Token", "X-Access-Token"),
            *("Private-Token", "X-JFrog-Art-Api", "X-NuGet-ApiKey"),
        )
    },
    "name-and-key-in-headers": (("X-Username", "release-admin"), ("X-Api-Key", "anything_here")),
    **{
        f"credential-in-other-header case={name.lower()}": ((name, f"ApiKey {BOTH}"),)
        for name in ("Proxy-Authorization", "X-Authorization", "X-Original-Authorization", "WWW-Authenticate")
    },
}
NAMES = {
    "upper": "RELEASE-ADMIN",
    "title": "Release-Admin",
    "space-in-front": " release-admin",
    "space-behind": "release-admin ",
    "tab-behind": "release-admin\t",
    "no-break-space-behind": "release-admin\xa0",
    "ideographic-space-behind": "release-admin\u3000",
    "escaped-nul-behind": "release-admin%00",
    "zero-width-space-behind": "release-admin\u200b",
    "zero-width-joiner-behind": "release-admin\u200d",
    "soft-hyphen-behind": "release-admin\xad",
    "byte-order-mark-in-front": "\ufeffrelease-admin",
    "right-to-left-in-front": "\u202erelease-admin",
    "dot-behind": "release-admin.",
    "slash-behind": "release-admin/",
    "mail-address": "release-admin@example.org",
    "domain-in-front": "EXAMPLE\\release-admin",
    "plus-tag": "release-admin+tag",
    "like-percent": "release-admin%",
    "quoted": '"release-admin"',
    "colon-behind": "release-admin:",
    "array": '["release-admin"]',
    "full-width": "\uff52\uff45\uff4c\uff45\uff41\uff53\uff45\uff0d\uff41\uff44\uff4d\uff49\uff4e",
    "full-width-letter": "\uff52elease-admin",
    "dotless-i": "release-adm\u0131n",
    "dotted-i": "release-adm\u0130n",
    "long-s": "relea\u017fe-admin",
    "cyrillic": "rele\u0430se-admin",
    "greek": "rele\u03b1se-admin",
    "escaped-letter": "%72elease-admin",
    "escaped-letter-twice": "%2572elease-admin",
    "like-underscore": "releas_-admin",
    "star": "release-admi*",
    "cut-at-150": "release-admin" + 137 * " " + "x",
    "cut-at-255": "release-admin" + 242 * " " + "x",
    "padded-to-150": "release-admin" + 137 * " ",
    "padded-to-255": "release-admin" + 242 * " ",
    "colon-inside": "releas:e-admin",
    "comma-list": "plainuser,release-admin",
}


def sent(fake: Fake, name: str) -> dict[str, str | None]:
    return {key: fake.credential(mutant) for key, mutant in fake.mutants(name)}


def named(fake: Fake, username: str) -> Control:
    """The control of an entitled identity of another name."""
    control = fake.control()
    renamed = replace(control.identity, username=username)
    return replace(control, identity=renamed, roles={**control.roles, "admin": renamed})


def spelt(fake: Fake, username: str) -> dict[str, str]:
    """The spellings of a name that go with an arbitrary key, as the credential has them."""
    return {
        dict(mutant.pairs)["case"]: mutant.credential.username.text
        for key, mutant in fake.mutants("username-normalisation", named(fake, username))
        if key.startswith("spelled-with-arbitrary-key") and mutant.credential.via
    }


@pytest.mark.parametrize(("fake", "front"), [(API_KEY, "ApiKey release-admin:"), (NAMED_TOKEN, "Token ")])
def test_keys_of_odd_shapes(fake: Fake, front: str) -> None:
    assert sent(fake, "malformed-key") == {key: front + value for key, value in KEYS.items()}


def test_keys_of_odd_shapes_in_base64() -> None:
    found = sent(BASIC, "malformed-key")
    plain = {key: base64.b64decode((value or "").removeprefix("Basic ")).decode() for key, value in found.items()}
    assert plain == {key: f"release-admin:{value}" for key, value in KEYS.items()}


@pytest.mark.parametrize("username", ["", "a", "ab", "abc", "abcd", "zo\u00eb"])
def test_base64_has_padding_to_leave_out_and_letters_that_urls_write_otherwise(username: str) -> None:
    mutants = dict(API_KEY.mutants("malformed-key", named(API_KEY, username)))
    texts = [mutants[f"base64-key case={case}"].credential.key.text for case in ("padded", "unpadded", "of-urls")]
    assert texts[0].rstrip("=") == texts[1]
    assert len(set(texts)) == 3
    assert base64.b64decode(texts[0]).startswith(f"{username}:anything_here".encode())
    assert base64.urlsafe_b64decode(texts[2]) == base64.b64decode(texts[0])


def test_keys_that_are_no_texts_need_a_body_of_json() -> None:
    found = {key: JSON.request(one) for key, one in JSON.mutants("malformed-key") if key.startswith("json-type")}
    values = {"object": {"$ne": None}, "integer": 7, "large-integer": 10**40, "nested-list": [["anything_here"]]}
    assert {key: json.loads(one.body or b"") for key, one in found.items()} == {
        f"json-type case={case}": {"name": "one", "user": "release-admin", "secret": value}
        for case, value in values.items()
    }
    for name in FAKES.keys() - {"json"}:
        assert not any(key.startswith("json-type") for key in sent(FAKES[name], "malformed-key"))
    on_delete = dict(JSON.mutants("malformed-key", JSON.control("DELETE")))
    assert not any(key.startswith("json-type") for key in on_delete)


def test_statuses_that_a_shape_itself_may_cause() -> None:
    assert {mutant.also for _, mutant in API_KEY.mutants("malformed-key")} == {frozenset({400, 431})}
    assert {mutant.also for _, mutant in QUERY.mutants("malformed-key")} == {frozenset({400, 414, 431})}
    typed = {mutant.also for key, mutant in JSON.mutants("malformed-key") if key.startswith("json-type")}
    assert typed == {frozenset({400, 422})}
    headers = {key: set(mutant.also) for key, mutant in API_KEY.mutants("malformed-authorization")}
    other = {"parameters case=thousand", "header-name-case case=lower", "header-name-case case=upper"}
    assert {key for key, also in headers.items() if also != {400}} == other
    assert headers["parameters case=thousand"] == {400, 431}
    assert not any(mutant.also for name in FAMILIES[2:] for _, mutant in API_KEY.mutants(name))


def test_headers_that_cannot_be_parsed() -> None:
    found = sent(API_KEY, "malformed-authorization")
    thousand = found.pop("parameters case=thousand") or ""
    assert found == {**HEADERS, "header-name-case case=lower": None, "header-name-case case=upper": None}
    assert thousand.startswith(HEADERS["parameters case=two"] + ",p0=1,p1=1,")
    assert thousand.count(",") == 1001
    assert len(thousand) < 8000


def test_a_header_is_named_in_another_case() -> None:
    found = dict(API_KEY.mutants("malformed-authorization"))
    headers = [API_KEY.request(found[f"header-name-case case={case}"]).headers[0] for case in ("lower", "upper")]
    assert headers == [("authorization", f"ApiKey {BOTH}"), ("AUTHORIZATION", f"ApiKey {BOTH}")]
    loud = Fake(Channel.of("loud", "header", "X-KEY"))
    assert "header-name-case case=upper" not in sent(loud, "malformed-authorization")


def test_headers_that_cannot_be_parsed_where_the_key_is_all() -> None:
    found = sent(TOKEN, "malformed-authorization")
    assert {key: value for key, value in found.items() if value and "basic" not in key} == {
        "separator case=none": "Tokenanything_here",
        "separator case=two-spaces": "Token  anything_here",
        "separator case=tab": "Token\tanything_here",
        "comma-behind": "Token anything_here,",
        "valid-behind-comma": f"Token anything_here, Token {ADMIN}",
        "scheme-twice": "Token Token anything_here",
        "quoted-whole": '"Token anything_here"',
        "blank-value case=spaces": "   ",
    }
    assert [key for key in found if "basic" in key] == ["other-basic case=no-base64", "other-basic case=no-text"]


def test_headers_that_cannot_be_parsed_without_a_scheme() -> None:
    assert sent(FAKES["bare"], "malformed-authorization") == {
        "comma-behind": "anything_here,",
        "valid-behind-comma": f"anything_here, {ADMIN}",
        "quoted-whole": '"anything_here"',
        "blank-value case=empty": "",
        "blank-value case=spaces": "   ",
        "other-basic case=no-base64": None,
        "other-basic case=no-text": None,
        "header-name-case case=lower": None,
        "header-name-case case=upper": None,
    }


def test_headers_that_cannot_be_parsed_in_base64() -> None:
    found = sent(BASIC, "malformed-authorization")
    assert found["separator case=none"] == f"Basic{BASE64}"
    assert found["scheme-twice"] == f"Basic Basic {BASE64}"
    assert {"other-basic case=no-base64", "other-basic case=no-text", "other-basic case=no-colon"} <= found.keys()
    own = {"other-basic case=empty-key", "other-basic case=arbitrary-key", "valid-behind-comma"}
    assert own.isdisjoint(found)
    assert not any("other-colon" in key for key in found)


@pytest.mark.parametrize("fake", [QUERY, FORM, JSON], ids=["query", "form", "json"])
def test_without_a_header_none_is_malformed(fake: Fake) -> None:
    assert sent(fake, "malformed-authorization") == {}


def test_other_schemes_and_other_headers() -> None:
    found = {key: API_KEY.request(mutant).headers[:-1] for key, mutant in API_KEY.mutants("wrong-scheme")}
    assert found == {**{key: (("Authorization", value),) for key, value in SCHEMES.items()}, **ALIASES}


@pytest.mark.parametrize(
    ("fake", "own", "nameless"),
    [
        (TOKEN, {"other-scheme case=token"}, True),
        (NAMED_TOKEN, {"other-scheme case=token"}, False),
        (BASIC, {"other-scheme case=basic"}, False),
        (BEARER, {"other-scheme case=bearer", "valid-key-as-bearer"}, True),
        (FAKES["bare"], {"key-in-other-header case=x-api-key"}, True),
        (QUERY, set(), False),
    ],
    ids=["token", "named-token", "basic", "bearer", "bare", "query"],
)
def test_a_form_of_ones_own_is_not_another(fake: Fake, own: set[str], nameless: bool) -> None:
    found = {key for key, _ in fake.mutants("wrong-scheme")}
    naming = {one for one in SCHEMES if one.startswith("name-in")} | {"no-scheme case=name-and-key"}
    assert {*SCHEMES, *ALIASES} - found == own | (naming | {"name-and-key-in-headers"} if nameless else set())


def test_another_channel_of_the_target_is_no_other_scheme() -> None:
    control = API_KEY.control(channels={"key": API_KEY.channel, "bearer": BEARER.channel})
    found = dict(API_KEY.mutants("wrong-scheme", control))
    assert "valid-key-as-bearer" not in found
    assert "other-scheme case=bearer" in found


def test_a_key_alone_in_its_own_header_has_no_scheme_to_leave_out() -> None:
    plain = Fake(Channel.of("plain", "header"))
    assert not any(key.startswith("no-scheme") for key, _ in plain.mutants("wrong-scheme"))


@pytest.mark.parametrize(("mutation", "key"), [("arbitrary", "anything_here"), ("low", LOW)])
def test_spellings_of_a_name(mutation: str, key: str) -> None:
    found = {
        name.partition("case=")[2]: API_KEY.credential(mutant) or ""
        for name, mutant in API_KEY.mutants("username-normalisation")
        if name.startswith(f"spelled-with-{mutation}-key")
    }
    octets = {case: name if max(name) <= "\xff" else name.encode().decode("latin-1") for case, name in NAMES.items()}
    assert found == {case: f"ApiKey {name}:{key}" for case, name in octets.items()}


@pytest.mark.parametrize("fake", [BASIC, QUERY, FORM, JSON], ids=["basic", "query", "form", "json"])
def test_spellings_are_letters_where_something_encodes_them(fake: Fake) -> None:
    assert spelt(fake, "release-admin") == NAMES


def test_spellings_that_need_their_letters() -> None:
    found = spelt(QUERY, "Kiss-off\u00e9")
    assert {case: found[case] for case in ("kelvin-sign", "sharp-s", "ligature", "nfd", "swapped")} == {
        "kelvin-sign": "\u212aiss-off\u00e9",
        "sharp-s": "Ki\u00df-off\u00e9",
        "ligature": "Kiss-o\ufb00\u00e9",
        "nfd": "Kiss-offe\u0301",
        "swapped": "kISS-OFF\u00c9",
    }
    assert spelt(QUERY, "e\u0301va")["nfc"] == "\u00e9va"
    assert spelt(QUERY, "\u00e9va")["escaped-letter"] == "%c3%a9va"


def test_a_spelling_that_changes_nothing_is_not_sent() -> None:
    found = spelt(API_KEY, "ZULU")
    assert {"upper", "nfc", "nfd", "dotless-i", "kelvin-sign", "sharp-s", "ligature", "cyrillic", "greek"}.isdisjoint(
        found
    )
    assert found["title"] == "Zulu"
    assert len(set(found.values())) == len(found)
    assert spelt(API_KEY, "n" * 300).keys().isdisjoint({"padded-to-150", "padded-to-255"})


def test_a_spelling_that_is_another_accounts_name_is_not_sent() -> None:
    control = API_KEY.control()
    twin = replace(control.roles["low"], username="RELEASE-ADMIN")
    control = replace(control, roles={**control.roles, "low": twin})
    cases = {dict(mutant.pairs)["case"] for _, mutant in API_KEY.mutants("username-normalisation", control)}
    assert NAMES.keys() - cases == {"upper"}


def test_a_list_has_an_ordinary_name_in_front_where_there_is_one() -> None:
    alone = replace(API_KEY.control(), roles={})
    mutants = {
        key: mutant
        for key, mutant in ((dict(one.pairs)["case"], one) for one in _arbitrary(API_KEY, alone))
        if key == "comma-list"
    }
    assert mutants["comma-list"].credential.username == Part("nobody-7f3a91c05d2e4b68,release-admin")


def _arbitrary(fake: Fake, control: Control) -> list[Mutant]:
    return list(family("username-normalisation").mutations["spelled-with-arbitrary-key"].make(control))


def test_a_name_with_a_parameter_or_field_of_its_own_is_also_a_list() -> None:
    def found(fake: Fake) -> dict[str, tuple[str, bytes | None]]:
        mutants = dict(fake.mutants("username-normalisation"))
        front = "spelled-with-low-key case="
        requests = {case: fake.request(mutants[front + case]) for case in ("list", "twice") if front + case in mutants}
        return {case: (one.target, one.body) for case, one in requests.items()}

    path, body = "/api/v1/things/", b'{"name": "one"}'
    assert found(QUERY) == {
        "list": (f"{path}?secret={LOW}&user%5B%5D=release-admin", body),
        "twice": (f"{path}?secret={LOW}&user=plainuser&user=release-admin", body),
    }
    assert found(FORM) == {
        "list": (path, f"name=one&secret={LOW}&user%5B%5D=release-admin".encode()),
        "twice": (path, f"name=one&secret={LOW}&user=plainuser&user=release-admin".encode()),
    }
    assert found(JSON) == {"list": (path, f'{{"name": "one", "secret": "{LOW}", "user": ["release-admin"]}}'.encode())}
    assert found(API_KEY) == {}


def test_spellings_need_a_name_in_the_credential_and_a_creation() -> None:
    counts = {name: len(list(fake.mutants("username-normalisation"))) for name, fake in FAKES.items()}
    assert counts == {
        **dict.fromkeys(("token", "named-token", "bare", "bearer"), 0),
        **{"api-key": 78, "basic": 78, "query": 82, "form": 82, "json": 80},
    }
    for method in ("PUT", "PATCH", "DELETE"):
        assert list(API_KEY.mutants("username-normalisation", API_KEY.control(method))) == []


def test_an_ordinary_account_without_a_key_lends_none() -> None:
    control = API_KEY.control()
    control = replace(control, roles={**control.roles, "low": replace(control.roles["low"], key=None)})
    found = [key for key, _ in API_KEY.mutants("username-normalisation", control)]
    assert not any(key.startswith("spelled-with-low-key") for key in found)


@pytest.mark.parametrize("name", FAMILIES)
@pytest.mark.parametrize("fake", FAKES.values(), ids=FAKES)
def test_everything_can_be_sent_in_a_head(fake: Fake, name: str) -> None:
    for key, mutant in fake.mutants(name):
        request = fake.request(mutant)
        head = " ".join((request.target, *(f"{header}: {value}" for header, value in request.headers)))
        assert re.fullmatch("[^\r\n\0\u0100-\U0010ffff]*", head), key


@pytest.mark.parametrize("username", ["zo\u00eb", "\u5c71-admin"])
@pytest.mark.parametrize("name", FAMILIES[1:])
def test_a_name_beyond_latin_1_goes_as_its_octets(name: str, username: str) -> None:
    for key, mutant in API_KEY.mutants(name, named(API_KEY, username)):
        values = [value for _, value in API_KEY.request(mutant).headers]
        assert all(max(value, default="") <= "\xff" for value in values), key


@pytest.mark.parametrize("name", FAMILIES)
@pytest.mark.parametrize("fake", FAKES.values(), ids=FAKES)
def test_no_key_of_anybody_shows(fake: Fake, name: str) -> None:
    for key, mutant in fake.mutants(name):
        shown = f"{key} {mutant!r} {fake.request(mutant).shown!r}"
        assert not any(secret in shown for secret in (ADMIN, SECOND, LOW)), key


def test_valid_keys_are_named_and_not_held() -> None:
    parts = {
        key: part
        for name in FAMILIES[:3]
        for key, mutant in API_KEY.mutants(name)
        for _, part in mutant.headers
        if part.of is not None
    }
    assert {key: (part.of, part.kind) for key, part in parts.items()} == dict.fromkeys(
        ("valid-behind-comma", "valid-key-as-bearer"), ("the-admin", "key")
    )
