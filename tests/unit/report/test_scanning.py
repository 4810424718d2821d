"""The last look: a secret is found in whatever form it stands, its file goes, and everything else stays."""

import base64
import json
import os
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import quote

import markupsafe
import pytest

from harness.errors import Leaked
from harness.report.scanning import look_through
from harness.wire import Redactor

KEY = "q7Zt-0pLx_93&b~m'd/k+2"
TOKEN = "eyJhbGciOi.J0b2tlbiI6.c2VjcmV0"
LATER = 4_000_000_000.0


def opened(**secrets: str) -> Any:
    redactor = Redactor({"ADMIN_KEY": KEY, "PLAIN_KEY": KEY[3:15], **secrets})
    redactor.learn("ADMIN_TOKEN", TOKEN)
    redactor.learn("PROOF", "proof-of-91c4d7", key=False)
    person = SimpleNamespace(username="release-manager")
    return SimpleNamespace(redactor=redactor, identities=(person,), sessions=(), made=())


def percent(text: str, form: str) -> str:
    return "".join(form % code for code in text.encode())


def in_base64(skip: int, encode: Callable[[bytes], bytes] = base64.b64encode) -> Callable[[str], str]:
    return lambda text: encode(b"uvw"[:skip] + text.encode() + b"z").decode()


FORMS: dict[str, Callable[[str], str]] = {
    "raw": str,
    "base64 0": in_base64(0),
    "base64 1": in_base64(1),
    "base64 2": in_base64(2),
    "base64 for URLs": in_base64(1, base64.urlsafe_b64encode),
    "quoted": lambda text: quote(text, safe=""),
    "percent lower": lambda text: percent(text, "%%%02x"),
    "percent upper": lambda text: percent(text, "%%%02X"),
    "percent of base64": lambda text: quote(in_base64(2)(text), safe=""),
    "json": lambda text: json.dumps(text),
    "json of escapes": lambda text: "".join(f"\\u{ord(letter):04x}" for letter in text),
    "json of escapes, upper": lambda text: "".join(f"\\u{ord(letter):04X}" for letter in text),
    "json within json": lambda text: json.dumps(json.dumps(f'"{text}"')),
    "html": lambda text: str(markupsafe.escape(text)),
    "html of references": lambda text: "".join(f"&#{ord(letter)};" for letter in text),
    "html of references, hex": lambda text: "".join(f"&#x{ord(letter):x};" for letter in text),
    "hex lower": lambda text: text.encode().hex(),
    "hex upper": lambda text: text.encode().hex().upper(),
}


def folder(place: Path, planted: str, name: str = "report.html") -> Path:
    (place / "evidence").mkdir()
    (place / "report.json").write_text(json.dumps({"seen": f"{KEY[:12]}… of [ADMIN_KEY]", "by": "release-manager"}))
    (place / "evidence" / "clean.json").write_text('{"curl": "-H \\"Authorization: ApiKey $ADMIN_KEY\\""}')
    (place / name).write_text(f"<p>before {planted} after</p>")
    return place


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("secret", ["ADMIN_KEY", "ADMIN_TOKEN"])
def test_a_leak_in_any_form_is_told_and_its_file_goes(form: str, secret: str, tmp_path: Path) -> None:
    told = KEY if secret == "ADMIN_KEY" else TOKEN
    out = folder(tmp_path, FORMS[form](told))
    with pytest.raises(Leaked) as caught:
        look_through([out], opened(), 0.0)
    assert caught.value.exit_code == 4
    assert f"{out / 'report.html'} (${secret}" in str(caught.value)
    assert "was shredded" in str(caught.value)
    assert told not in str(caught.value)
    assert "\n" not in str(caught.value)
    assert sorted(one.name for one in out.rglob("*.*")) == ["clean.json", "report.json"]


@pytest.mark.parametrize("name", ["ledger.jsonl", "evidence/x/deep.json", ".cache/v/lastfailed", "something-else"])
def test_every_file_is_looked_through(name: str, tmp_path: Path) -> None:
    (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / name).write_text("proof-of-91c4d7")
    with pytest.raises(Leaked, match=r"\$PROOF\) was shredded"):
        look_through([tmp_path], opened(), 0.0)
    assert not (tmp_path / name).exists()


def test_what_is_shredded_is_overwritten(tmp_path: Path) -> None:
    out = folder(tmp_path, KEY * 9_000)
    with (out / "report.html").open("rb") as held:
        size = os.fstat(held.fileno()).st_size
        with pytest.raises(Leaked):
            look_through([out], opened(), 0.0)
        left = held.read()
    assert len(left) >= size
    assert left.strip(b"\0") == b""


def test_a_clean_folder_is_left_alone(tmp_path: Path) -> None:
    out = folder(tmp_path, f"{KEY[:12]} {KEY[::-1]} {KEY.upper()} changeme release-manager")
    before = {one: one.read_bytes() for one in out.rglob("*") if one.is_file()}
    look_through([out], opened(WEAK="changeme", NAME="release-manager", PIN="1234"), 0.0)
    assert {one: one.read_bytes() for one in out.rglob("*") if one.is_file()} == before
    look_through([out / "nowhere"], opened(), 0.0)


def test_what_was_there_before_is_told_and_stays(tmp_path: Path) -> None:
    out = folder(tmp_path, KEY, "keys.env")
    with pytest.raises(Leaked, match=r"keys.env \(\$ADMIN_KEY, \$PLAIN_KEY\) was there before, and is left alone"):
        look_through([out], opened(), LATER)
    assert KEY in (out / "keys.env").read_text()


def test_a_file_beside_the_folder_is_looked_through_too_and_links_are_not_followed(tmp_path: Path) -> None:
    out, other = tmp_path / "out", tmp_path / "other"
    out.mkdir()
    other.write_text(KEY)
    (out / "link").symlink_to(other)
    look_through([out], opened(), 0.0)
    with pytest.raises(Leaked, match="was shredded"):
        look_through([out, other], opened(), 0.0)
    assert not other.exists()


@pytest.mark.parametrize("form", ["raw", "base64 1", "json of escapes", "percent of base64"])
def test_a_secret_across_the_border_of_two_pieces_is_found(form: str, tmp_path: Path) -> None:
    for border in (64 * 1024, 2 * 64 * 1024, 3 * 64 * 1024 + 520):
        for before in range(0, 140, 46):
            file = tmp_path / "document"
            file.write_text(" " * (border - before) + FORMS[form](KEY) + " " * 90_000)
            with pytest.raises(Leaked):
                look_through([tmp_path], opened(), 0.0)


def test_a_large_file_is_never_held_as_a_whole(tmp_path: Path) -> None:
    (tmp_path / "journal.jsonl").write_bytes(b"nothing of note, line after line\n" * 500_000)
    secrets = opened(LONG="a1-" * 700)
    tracemalloc.start()
    try:
        look_through([tmp_path], secrets, 0.0)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 4_000_000


def test_many_leaks_are_one_line(tmp_path: Path) -> None:
    for number in range(14):
        (tmp_path / f"{number}.json").write_text(KEY)
    with pytest.raises(Leaked, match="and 4 more; the report does not count") as caught:
        look_through([tmp_path], opened(), 0.0)
    assert "\n" not in str(caught.value)
    assert list(tmp_path.iterdir()) == []
