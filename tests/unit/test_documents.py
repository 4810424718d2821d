"""Files as bytes, and the data and places that are made of them."""

import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness import documents
from harness.documents import parse, render
from harness.errors import ConfigError
from harness.model import Json

EVERYTHING = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"]))
    | st.sampled_from(
        ["no", "on", "~", "", "012", "1e5", "-0.5E-3", "22:22", "2026-01-01", "0x1f", "1_000", "<<", "=", "null"]
    ),
    lambda children: st.lists(children) | st.dictionaries(st.text(st.characters(exclude_categories=["Cs"])), children),
    max_leaves=20,
)


def problem(data: bytes) -> str:
    with pytest.raises(ConfigError) as raised:
        parse(data, "f")
    assert raised.value.__cause__ is None
    assert raised.value.__context__ is None
    return str(raised.value)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("no", "no"),
        ("on", "on"),
        ("y", "y"),
        ("012", "012"),
        ("0o14", "0o14"),
        ("0x1f", "0x1f"),
        ("1_000", "1_000"),
        ("22:22", "22:22"),
        ("2026-01-02", "2026-01-02"),
        ("2026-01-02T03:04:05Z", "2026-01-02T03:04:05Z"),
        (".inf", ".inf"),
        (".5", ".5"),
        ("+1", "+1"),
        ("1.", "1."),
        ("1e999", "1e999"),
        ("1.2.3", "1.2.3"),
        ("=", "="),
        ("!!str 12", "12"),
        ("! 12", "12"),
        ("'12'", "12"),
        ('"true"', "true"),
        ("true", True),
        ("False", False),
        ("null", None),
        ("~", None),
        ("", None),
        ("0", 0),
        ("-12", -12),
        ("1.5", 1.5),
        ("1e3", 1000.0),
        ("-0.5E-1", -0.05),
        ("9" * 5000, "9" * 5000),
    ],
)
def test_scalars(written: str, meant: Json) -> None:
    value = parse(f"a: {written}\n".encode(), "f").data["a"]
    assert value == meant
    assert type(value) is type(meant)


def test_keys_are_text() -> None:
    assert parse(b"200: a\ntrue: b\n012: c\n2026-01-01: d\n", "f").data == {
        "200": "a",
        "true": "b",
        "012": "c",
        "2026-01-01": "d",
    }


@given(EVERYTHING)
def test_json_reads_as_json(data: Json) -> None:
    assert parse(json.dumps(data).encode(), "f").data == data
    assert parse(json.dumps(data, indent="\t", ensure_ascii=False).encode(), "f").data == data


@given(EVERYTHING)
def test_what_is_rendered_reads_back(data: Json) -> None:
    again = parse(render(data).encode(), "f").data
    assert again == data
    assert json.dumps(again) == json.dumps(data)


def outcome(data: bytes) -> Json:
    """The data as JSON again, or the problems."""
    try:
        return json.dumps(parse(data, "f").data)
    except ConfigError as error:
        return error.problems


@given(st.binary(max_size=40) | st.text("{}[]:,-&*!|>'\"%@`#?<~ \n\tab01\\", max_size=40).map(str.encode))
def test_whatever_comes_is_data_or_one_problem(data: bytes) -> None:
    came = outcome(data)
    assert isinstance(came, str) or (len(came) == 1 and re.fullmatch(r"f:\d+:\d+: \S.*", str(came[0])))


YAML = b"""\
# places
openapi: 3.0.0
paths:
  /a:
    get: {tags: [x, y], responses: {200: {}}}
  /b: &b
    - one
    -   two: 2
        three: 3
again: *b
"""


@pytest.mark.parametrize(
    ("pointer", "place"),
    [
        ((), (2, 1)),
        (("openapi",), (2, 1)),
        (("paths", "/a"), (4, 3)),
        (("paths", "/a", "get"), (5, 5)),
        (("paths", "/a", "get", "tags", 1), (5, 21)),
        (("paths", "/a", "get", "responses", "200"), (5, 37)),
        (("paths", "/b", 1), (8, 9)),
        (("paths", "/b", 1, "three"), (9, 9)),
        (("again", 1, "three"), (9, 9)),
        (("paths", "/c"), (0, 0)),
        (("paths", "/c", 3, "x"), (0, 0)),
        (("openapi", "x"), (0, 0)),
        (("paths", "/b", 2), (0, 0)),
    ],
)
def test_places_in_yaml(pointer: documents.Pointer, place: tuple[int, int]) -> None:
    assert parse(YAML, "f").line(pointer) == place


JSON = '\ufeff{\r\n\t"a": {"b": [1, "\u00fc",\n {"c": null}]},\n"\\u00fc": "\\ud83d\\ude00" }\n'


@pytest.mark.parametrize(
    ("pointer", "place"),
    [((), (1, 1)), (("a",), (2, 2)), (("a", "b", 1), (2, 17)), (("a", "b", 2, "c"), (3, 3)), (("ü",), (4, 1))],
)
def test_places_in_json(pointer: documents.Pointer, place: tuple[int, int]) -> None:
    document = parse(JSON.encode(), "f")
    assert document.line(pointer) == place
    assert document.data == {"a": {"b": [1, "ü", {"c": None}]}, "ü": "😀"}


def test_where_falls_back_on_what_is_around() -> None:
    document = parse(YAML, "dir/f.yaml")
    assert document.where(("paths", "/a", "post", "x")) == "dir/f.yaml:4:3"
    assert document.where(("none",)) == "dir/f.yaml:2:1"


def test_merge_keys() -> None:
    document = parse(b"a: &a {x: 1, y: 1}\nb: &b {y: 2, z: 2}\nc:\n  y: 3\n  <<: [*a, *b]\nd:\n  <<: *b\n", "f")
    assert document.data["c"] == {"y": 3, "x": 1, "z": 2}
    assert document.data["d"] == {"y": 2, "z": 2}
    assert document.line(("c", "x")) == (1, 8)
    assert document.line(("c", "<<")) == (0, 0)
    assert parse(b"{'<<': 1}", "f").data == {"<<": 1}


@pytest.mark.parametrize(
    ("data", "line"),
    [
        (b"a: 1\nb: 2\na: 3\n", "f:3:1: 'a' is given twice in one mapping; keep one of them"),
        (b"200: 1\n'200': 2\n", "f:2:1: '200' is given twice in one mapping; keep one of them"),
        (b'{"a": {"b": [{}]},\n "a": 1}', "f:2:2: 'a' is given twice in one mapping; keep one of them"),
        (
            b"a: !!python/object:os.system x\n",
            "f:1:4: tags are refused; leave it out, or quote a value that begins with '!'",
        ),
        (b"!x {a: 1}\n", "f:1:1: tags are refused; leave it out, or quote a value that begins with '!'"),
        (b"a: !!int '3'\n", "f:1:4: tags are refused; leave it out, or quote a value that begins with '!'"),
        (b"a: 1\n---\nb: 1\n", "f:2:1: a second document begins here; keep one in a file"),
        (b"? [a, b]\n: 1\n", "f:1:3: a key must be text; an alias, a list or a mapping cannot be one"),
        (b"a: &x b\n*x : 1\n", "f:2:1: a key must be text; an alias, a list or a mapping cannot be one"),
        (b"a: *x\n", "f:1:4: no anchor of this name ends before it; quote a value that begins with '*'"),
        (b"a: &x [*x]\n", "f:1:8: no anchor of this name ends before it; quote a value that begins with '*'"),
        (b"<<: 1\n", "f:1:1: '<<' merges mappings; give it one, or a list of them"),
        (b"a: 1\nb: \x01\n", "f:2:4: holds a control character; remove it, or write it as an escape in double quotes"),
        (b"a: 1\nb: \xff\n", "f:2:4: is not UTF-8; save it in that encoding"),
        (b'["\\ud800"]', "f:1:2: holds half of a surrogate pair, which is no character; write the whole pair"),
        (b"[" * 100_000, "f:1:101: is nested deeper than 100 levels; flatten it"),
        (b'{"a":' * 100_000, "f:1:501: is nested deeper than 100 levels; flatten it"),
        (b"- " * 100_000, "f:1:201: is nested deeper than 100 levels; flatten it"),
        (b"\n" * (20 * 1024**2 + 1), "f: is larger than 20 MiB; split it or leave parts out"),
    ],
    ids=str,
)
def test_refused(data: bytes, line: str) -> None:
    assert problem(data) == line


def test_syntax_errors_have_their_place() -> None:
    assert problem(b"a:\n  - b\n c: 5ecret\n").startswith("f:3:2: is not YAML: ")


def test_aliases_are_counted_as_written_out() -> None:
    lines = [b"a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"]
    lines += [b"a%d: &a%d [%s]\n" % (n, n, b", ".join([b"*a%d" % (n - 1)] * 10)) for n in range(1, 60)]
    assert problem(b"".join(lines)).endswith(
        "holds more than 1,000,000 values with aliases written out; make it smaller"
    )


def test_aliases_are_as_deep_as_written_out() -> None:
    lines = b"a0: &a0 []\n" + b"".join(b"a%d: &a%d [*a%d]\n" % (n, n, n - 1) for n in range(1, 200))
    assert problem(lines) == "f:100:12: this alias is nested deeper than 100 levels; flatten it"


def test_depth_at_the_limit_is_fine() -> None:
    assert parse(b"[" * 100 + b"]" * 100, "f").data


def test_repr_shows_no_data() -> None:
    assert repr(parse(b"key: 5ecret", "f")) == "Document(name='f')"
