"""Bends: other bytes every time, and never another spelling of the same ones."""

import base64
import hmac
import json
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.credentials import bend, shell_form
from harness.model import Bend
from tests.unit.credentials.shell import expanded


def segment(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def jwt(signature: bytes) -> str:
    head, claims = ({"alg": "HS256", "typ": "JWT"}, {"sub": "admin", "exp": 2_000_000_000})
    return ".".join([segment(json.dumps(head).encode()), segment(json.dumps(claims).encode()), segment(signature)])


def lenient(text: str) -> bytes:
    """Bytes of base64 as forgiving decoders read them: whatever the alphabet, padding or none, a lone character at
    the end and unused bits ignored."""
    core = text.partition("=")[0].replace("-", "+").replace("_", "/")
    core = core[:-1] if len(core) % 4 == 1 else core
    return base64.b64decode(core + "=" * (-len(core) % 4))


SIGNATURES = [bytes(range(length)) for length in (20, 32, 48, 64)] + [b"\xff" * 32, b"\0" * 32, b"\xfe" * 20]
KEYS = {
    "hex": "c0ffee1234567890",
    "hex of odd length": "c0ffee123",
    "letters": "q7Zt0pLx93VbmWdk",
    "ends in w": "q7Zt0pLx93VbmWdw",
    "two characters over": "q7Zt0pLx93Vbmw",
    "padded once": base64.b64encode(b"\xfb\xff\xbe" * 5 + b"ab").decode(),
    "padded twice": base64.b64encode(b"\xfb\xff\xbe" * 5 + b"a").decode(),
    "not padded": base64.b64encode(b"\xfb\xff\xbe" * 6).decode(),
    "for URLs": base64.urlsafe_b64encode(b"\xfb\xff\xbe" * 6).decode(),
    "uuid": "8f14e45f-ceea-467f-a1d2-9e36a3b0c1d4",
    "word": "hunter2!",
    "short": "k",
    "signed": "eyJpZCI6MX0.ZxT8wA.q7Zt0pLx93VbmWdk1-_f0pLx93w",
    "jwt": jwt(b"\x07" * 32),
    "jwt of 64 bytes": jwt(b"\xf3" * 64),
    "jwt of 48 bytes": jwt(b"\x80" * 48),
    "jwt with dashes": jwt(b"\xfb\xef\xbe" * 10 + b"\xff\xff"),
}
CHANGING = [Bend.LAST_CHANGED, Bend.FIRST_CHANGED, Bend.SHORTENED, Bend.LENGTHENED, Bend.RANDOM_ALIKE, Bend.ZEROS]


@pytest.mark.parametrize("kind", CHANGING)
@pytest.mark.parametrize("key", KEYS.values(), ids=KEYS)
def test_a_bent_key_is_another(kind: Bend, key: str) -> None:
    assert bend(kind, key) != key
    assert bend(Bend.AS_IS, key) == key


@pytest.mark.parametrize("kind", [one for one in Bend if one is not Bend.RANDOM_ALIKE])
@pytest.mark.parametrize("key", KEYS.values(), ids=KEYS)
def test_a_shell_bends_alike_and_is_told_nothing(kind: Bend, key: str) -> None:
    told = shell_form(kind, "KEY", key)
    assert expanded(told, {"KEY": key}) == bend(kind, key)
    assert not any(key[start : start + 4] in told for start in range(len(key) - 3))


@pytest.mark.parametrize("signature", SIGNATURES)
@pytest.mark.parametrize("kind", [Bend.LAST_CHANGED, Bend.FIRST_CHANGED])
def test_a_jwt_is_bent_in_one_byte_of_its_signature(kind: Bend, signature: bytes) -> None:
    token = jwt(signature)
    bent = bend(kind, token)
    *head, written = bent.split(".")
    assert head == token.split(".")[:-1]
    found = lenient(written)
    assert segment(found) == written
    changed = [
        (number, one ^ two) for number, (one, two) in enumerate(zip(signature, found, strict=True)) if one != two
    ]
    assert len(changed) == 1
    assert changed[0][0] == 0 if kind is Bend.FIRST_CHANGED else changed[0][0] >= len(signature) - 3


@given(st.binary(min_size=6, max_size=70), st.sampled_from(CHANGING), st.booleans(), st.booleans())
def test_bent_base64_is_never_another_spelling(data: bytes, kind: Bend, for_urls: bool, padded: bool) -> None:
    key = (base64.urlsafe_b64encode if for_urls else base64.b64encode)(data).decode()
    key = key if padded else key.rstrip("=")
    if any(char not in string.hexdigits for char in key.rstrip("=")):
        assert lenient(bend(kind, key)) != data


@given(st.binary(min_size=6, max_size=70))
def test_a_bent_end_keeps_its_spelling(data: bytes) -> None:
    key = base64.b64encode(data).decode()
    if any(char not in string.hexdigits for char in key.rstrip("=")):
        bent = bend(Bend.LAST_CHANGED, key)
        assert base64.b64encode(base64.b64decode(bent, validate=True)).decode() == bent
        assert len(bent) == len(key)


def test_hex_digits_mean_themselves() -> None:
    assert bend(Bend.LAST_CHANGED, "c0ffeeBadF00d9") == "c0ffeeBadF00d0"
    assert bend(Bend.LAST_CHANGED, "c0ffeeBadF00d0") == "c0ffeeBadF00d1"
    assert bend(Bend.LENGTHENED, "c0ffee12") == "c0ffee120"


def test_a_random_key_keeps_the_punctuation() -> None:
    token = jwt(b"\x07" * 32)
    assert [len(part) for part in bend(Bend.RANDOM_ALIKE, token).split(".")] == [len(part) for part in token.split(".")]
    assert bend(Bend.RANDOM_ALIKE, token) == bend(Bend.RANDOM_ALIKE, token)
    assert bend(Bend.RANDOM_ALIKE, KEYS["uuid"]).count("-") == 4


def test_no_key_bends_to_some() -> None:
    assert bend(Bend.LAST_CHANGED, "") == bend(Bend.FIRST_CHANGED, "") == "0"


@pytest.mark.parametrize("kind", ["idx_", "sk-live-", "ghp_"])
def test_what_says_of_which_kind_a_key_is_stays_in_front_of_it(kind: str) -> None:
    key = f"{kind}{'0123456789abcdef' * 2}"
    alike, last = bend(Bend.RANDOM_ALIKE, key), bend(Bend.LAST_CHANGED, key)
    for bent in (alike, last):
        assert bent != key
        assert bent.startswith(kind)
        assert set(bent.removeprefix(kind)) <= set(string.hexdigits.lower())
    assert last[:-1] == key[:-1]
    assert expanded(shell_form(Bend.RANDOM_ALIKE, "KEY", key), {"KEY": key}) == kind + "7" * 32
    assert expanded(shell_form(Bend.LAST_CHANGED, "KEY", key), {"KEY": key}) == last


FORGED = [
    *(Bend.UNSIGNED, Bend.ALG_NONE, Bend.ALG_NONE_MIXED, Bend.ALG_NONE_SIGNED),
    *(Bend.EMPTY_SECRET, Bend.WELL_KNOWN_SECRET),
]


@pytest.mark.parametrize("kind", FORGED)
def test_a_forged_token_makes_the_same_claims_and_any_other_key_stays(kind: Bend) -> None:
    token = jwt(b"\x07" * 32)
    forged = bend(kind, token)
    assert forged != token
    assert forged.split(".")[1] == token.split(".")[1]
    assert bend(kind, KEYS["signed"].replace("eyJ", "abc")) == KEYS["signed"].replace("eyJ", "abc")


def test_a_token_signed_anew_is_good_for_whoever_has_that_secret() -> None:
    content, _, signature = bend(Bend.WELL_KNOWN_SECRET, jwt(b"\x07" * 32)).rpartition(".")
    assert json.loads(lenient(content.split(".")[0])) == {"alg": "HS256", "typ": "JWT"}
    assert lenient(signature) == hmac.digest(b"secret", content.encode(), "sha256")
