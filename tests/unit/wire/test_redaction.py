"""Redaction: no spelling of a secret survives, and nothing else is touched."""

import base64
import hashlib
import json
import random
import re
import string
from collections.abc import Callable
from itertools import count
from threading import Event, Thread
from types import SimpleNamespace
from urllib.parse import quote, quote_plus

import markupsafe
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from harness.wire.redaction import DRAWS, Redactor

KEY = "q7Zt-0pLx_93Vb~mWd/k+2"
PIN = "k3Y9"
REDACTOR = Redactor({"ADMIN_KEY": KEY, "PIN": PIN})


def swapped(text: str) -> str:
    return "".join(letter.swapcase() if number % 2 else letter for number, letter in enumerate(text))


def percent(text: str) -> str:
    return "".join(f"%{code:02x}" for code in text.encode())


def unicode_escapes(text: str) -> str:
    return "".join(f"\\u{ord(letter):04X}" for letter in text)


def in_base64(skip: int, encode: Callable[[bytes], bytes] = base64.b64encode) -> Callable[[str], str]:
    return lambda text: encode(b"u" * skip + text.encode() + b"z").decode()


SPELLINGS: dict[str, Callable[[str], str]] = {
    "plain": str,
    "upper": str.upper,
    "lower": str.lower,
    "mixed": swapped,
    "reversed": lambda text: text[::-1],
    "reversed and mixed": lambda text: swapped(text[::-1]),
    "hex": lambda text: text.encode().hex(),
    "hex in capitals": lambda text: text.encode().hex().upper(),
    "hex of mixed": lambda text: swapped(text).encode().hex(),
    "hex off by one": lambda text: "a" + text.encode().hex(),
    "percent": percent,
    "percent twice": lambda text: quote(percent(text), safe=""),
    "quoted": lambda text: quote(text, safe=""),
    "form": quote_plus,
    "json": json.dumps,
    "json within json": lambda text: json.dumps(json.dumps(text)),
    "json of solidus": lambda text: text.replace("/", "\\/"),
    "unicode escapes": unicode_escapes,
    "numeric references": lambda text: "".join(f"&#{ord(letter)};" for letter in text),
    "numeric references in hex": lambda text: "".join(f"&#x{ord(letter):02X};" for letter in text),
    "an escaped page": lambda text: str(markupsafe.escape(text)),
    "base64 0": in_base64(0),
    "base64 1": in_base64(1),
    "base64 2": in_base64(2),
    "base64 of mixed": lambda text: in_base64(1)(swapped(text)),
    "base64 of reversed": lambda text: in_base64(2)(text[::-1]),
    "base64 for URLs": in_base64(1, base64.urlsafe_b64encode),
    "base64 unpadded": lambda text: in_base64(0)(text).rstrip("="),
    "base64 in a URL": lambda text: quote(in_base64(2)(text), safe=""),
    "base64 in JSON": lambda text: in_base64(1)(text).replace("/", "\\/"),
}


@pytest.mark.parametrize("spelling", SPELLINGS)
@pytest.mark.parametrize("window", [(0, len(KEY)), (0, 8), (5, 14), (len(KEY) - 8, len(KEY))])
def test_every_spelling_of_a_run_is_replaced(spelling: str, window: tuple[int, int]) -> None:
    spelled = SPELLINGS[spelling](KEY[slice(*window)])
    text = f'{{"note": "key {spelled} end"}}'
    shown = REDACTOR.text(text)
    assert "[ADMIN_KEY]" in shown
    assert REDACTOR.finds(shown.encode()) == []
    assert shown.startswith('{"note": "key ')
    assert shown.endswith(' end"}')


@pytest.mark.parametrize("algorithm", ["sha1", "sha256"])
@pytest.mark.parametrize("secret", [KEY, PIN])
def test_digests_are_replaced(algorithm: str, secret: str) -> None:
    digest = hashlib.new(algorithm, secret.encode()).hexdigest()
    label = "[ADMIN_KEY]" if secret == KEY else "[PIN]"
    assert REDACTOR.text(f"sum={digest.upper()};") == f"sum={label};"


def test_a_whole_run_goes_and_its_neighbours_stay() -> None:
    assert REDACTOR.text(f"ApiKey admin:{KEY}, x") == "ApiKey admin:[ADMIN_KEY], x"
    assert REDACTOR.text(f"<{KEY[3:13]}>") == "<[ADMIN_KEY]>"
    assert REDACTOR.text(KEY + KEY) == "[ADMIN_KEY][ADMIN_KEY]"


def test_basic_credentials_are_caught_in_base64() -> None:
    header = "Basic " + base64.b64encode(f"admin:{KEY}".encode()).decode()
    assert REDACTOR.finds(header.encode()) == ["ADMIN_KEY"]
    assert KEY not in str(base64.b64decode(REDACTOR.text(header)[6:].split("[")[0] + "=="))


@pytest.mark.parametrize("text", [PIN, PIN.lower(), PIN[::-1], f"pin={PIN}&x", f"u:{PIN}\n", f'"{percent(PIN)}"'])
def test_a_short_secret_is_replaced_where_it_stands_whole(text: str) -> None:
    assert "[PIN]" in REDACTOR.text(text)
    assert REDACTOR.finds(base64.b64encode(b"u:" + PIN.encode())) == ["PIN"]


@pytest.mark.parametrize("text", [f"a{PIN}", f"{PIN}0", PIN[:-1], KEY[:7], KEY[:7] + " " + KEY[7:14], ""])
def test_less_than_a_secret_is_left_alone(text: str) -> None:
    assert REDACTOR.text(text) == text
    assert REDACTOR.finds(text.encode()) == []


def test_clean_data_is_the_same_object() -> None:
    data = b"nothing to see" * 100
    assert REDACTOR.data(data) is data
    assert Redactor({}).data(data) is data
    assert Redactor({"EMPTY": ""}).finds(data) == []


def test_secrets_beyond_ascii_are_found_in_every_charset() -> None:
    redactor = Redactor({"WORD": "Über-schlüssel"})
    for octets in ("Über-schlüssel".encode(), "über-SCHLÜSSEL".encode("latin-1"), b'"\\u00dcber-schl\\u00fcssel"'):
        assert redactor.finds(octets) == ["WORD"]
    assert redactor.text("der über-schlüssel \u2603") == "der [WORD] \u2603"


def test_a_pass_phrase_is_found_in_a_form() -> None:
    assert Redactor({"PHRASE": "one two six ten"}).text("p=one+two+six+ten&q=1") == "p=[PHRASE]&q=1"


def test_secrets_are_found_across_parts_of_a_large_body() -> None:
    for size in range(64 * 1024 - 70, 64 * 1024 + 10, 3):
        data = b" " * size + unicode_escapes(KEY).encode() + b" " * 70_000
        assert REDACTOR.data(data) == b" " * size + b"[ADMIN_KEY]" + b" " * 70_000


def test_labels_alone_are_told() -> None:
    assert REDACTOR.finds(f"{PIN} {KEY}".encode()) == ["ADMIN_KEY", "PIN"]
    assert repr(REDACTOR) == "Redactor(ADMIN_KEY, PIN)"


def test_fresh_text_is_drawn_until_it_holds_no_secret() -> None:
    draws = iter([KEY, f"x{KEY[4:12]}", "clean"])
    assert REDACTOR.fresh(lambda: next(draws)) == "clean"
    number = count()
    with pytest.raises(ValueError, match="100 draws") as caught:
        REDACTOR.fresh(lambda: KEY[next(number) % 3 :])
    assert KEY[3:] not in str(caught.value)
    assert next(number) == DRAWS


SECRET = st.text(string.ascii_letters + string.digits + '-_/+.~%&=: é\\"', min_size=8, max_size=40)
OTHER = st.text(st.characters(codec="utf-8"), max_size=30)


@given(SECRET, st.data(), st.sampled_from(sorted(SPELLINGS)), OTHER, OTHER)
def test_no_run_of_any_secret_survives(secret: str, data: st.DataObject, spelling: str, left: str, right: str) -> None:
    start = data.draw(st.integers(0, len(secret) - 8))
    run = secret[start : data.draw(st.integers(start + 8, len(secret)))]
    redactor = Redactor({"K": secret})
    shown = redactor.text(f"{left} {SPELLINGS[spelling](run)} {right}")
    assert "[K]" in shown
    assert redactor.finds(shown.encode()) == []
    assert run not in shown


@given(SECRET, st.binary(max_size=200))
def test_clean_bytes_stay_and_redaction_is_final(secret: str, noise: bytes) -> None:
    redactor = Redactor({"K": secret})
    shown = redactor.data(noise)
    assert redactor.data(shown) == shown
    assert shown == noise or b"[K]" in shown


@given(st.text(string.hexdigits, min_size=1, max_size=7), st.sampled_from([" ", ":", '"', "/", "="]))
def test_short_secrets_never_stand_whole_afterwards(secret: str, beside: str) -> None:
    assume(secret.lower() != "k")
    shown = Redactor({"K": secret}).text(f"{beside}{secret}{beside}")
    assert shown == f"{beside}[K]{beside}"


def test_a_secret_can_be_learnt_later() -> None:
    redactor = Redactor({"ADMIN_KEY": KEY})
    assert redactor.text("t0ken-abcdefghijkl and k3Y9") == "t0ken-abcdefghijkl and k3Y9"
    redactor.learn("TOKEN", "t0ken-abcdefghijkl")
    redactor.learn("PIN", PIN)
    redactor.learn("TOKEN", "another-0f-these-tokens")
    redactor.learn("NOTHING", "")
    assert redactor.text(f"t0ken-abcdefghijkl and {PIN} and {KEY}") == "[TOKEN] and [PIN] and [ADMIN_KEY]"
    assert redactor.text("another-0f-these-tokens") == "[TOKEN]"
    assert redactor.finds(f"{PIN} {KEY} t0ken-abcdefghijkl".encode()) == ["ADMIN_KEY", "TOKEN", "PIN"]


def test_learning_while_others_read() -> None:
    redactor = Redactor({})
    stop, wrong = Event(), list[str]()

    def read() -> None:
        while not stop.is_set():
            for word in ("s3cret", "l0nger-secret-here"):
                shown = redactor.text(f"<{word}>")
                if shown not in (f"<{word}>", "<[A]>"):
                    wrong.append(shown)

    readers = [Thread(target=read) for _ in range(3)]
    for reader in readers:
        reader.start()
    for number in range(20):
        redactor.learn("B", f"unlike_{number}_what_is_read")
        redactor.learn("A", "s3cret" if number == 10 else "l0nger-secret-here")
        redactor.learn("C", f"w{number}")
    stop.set()
    for reader in readers:
        reader.join(10)
    assert wrong == []
    assert redactor.text("<s3cret> <l0nger-secret-here>") == "<[A]> <[A]>"


def test_the_first_short_secret_is_learned_while_others_read(monkeypatch: pytest.MonkeyPatch) -> None:
    redactor, shown = Redactor({}), list[str]()

    def compile_while_read(pattern: bytes) -> re.Pattern[bytes]:
        shown.append(redactor.text("<w0>"))
        return re.compile(pattern)

    looked_for = SimpleNamespace(compile=compile_while_read, escape=re.escape)
    monkeypatch.setattr("harness.wire.redaction.re", looked_for)
    redactor.learn("A", "w0")
    assert shown == ["<w0>"]
    assert redactor.text("<w0>") == "<[A]>"


def test_a_large_text_is_read_no_longer_than_it_may(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("harness.wire.redaction.time", SimpleNamespace(monotonic=lambda: 5.0))
    large = b" " * 200_000 + KEY.encode()
    assert REDACTOR.data(large, 6.0).endswith(b" [ADMIN_KEY]")
    assert REDACTOR.data(KEY.encode(), 4.0) == b"[ADMIN_KEY]", "a small one is always read"
    with pytest.raises(TimeoutError):
        REDACTOR.data(large, 4.0)


NOISE: dict[str, Callable[[random.Random], bytes]] = {
    "letters": lambda draw: bytes(draw.choices(string.ascii_letters.encode() + b" <>/=", k=30_000)),
    "base64": lambda draw: base64.b64encode(draw.randbytes(30_000)),
    "hexadecimal": lambda draw: draw.randbytes(20_000).hex().encode(),
    "percent signs": lambda draw: b"".join(b"%%%02x" % one for one in draw.randbytes(10_000)),
    "escapes and letters": lambda draw: b"".join(b"a%%%02xb" % one for one in draw.randbytes(10_000)),
    "references": lambda draw: b"".join(b"x&#%d;" % one for one in draw.randbytes(5_000)),
}


@pytest.mark.parametrize("noise", NOISE)
@pytest.mark.parametrize("spelling", ["plain", "hex of mixed", "percent twice", "json within json", "base64 in a URL"])
def test_a_run_is_found_in_any_noise(noise: str, spelling: str) -> None:
    draw = random.Random(f"{noise} {spelling}")
    before, after, run = NOISE[noise](draw), NOISE[noise](draw), KEY[4:13]
    spelled = SPELLINGS[spelling](run).encode()
    assert REDACTOR.finds(before + b" " + spelled + b" " + after) == ["ADMIN_KEY"]
    assert REDACTOR.finds(before + after) == []
