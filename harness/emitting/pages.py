"""One finding as a pytest file that stands alone."""

import re
import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from harness.emitting import helpers, steps
from harness.emitting.aims import Aim, aim
from harness.emitting.bends import HELPERS, IMPORTS
from harness.emitting.requests import Scribe, Sent
from harness.emitting.source import source
from harness.engine import Opened
from harness.model import Expect, Json, Operation, Probe
from harness.resources import Resource, Template

_WIDTH = 110


@dataclass(frozen=True, slots=True)
class Told:
    """What a report says of the finding."""

    verdict: str
    reason: str
    when: str
    """A day."""


def page(opened: Opened, probe: Probe, owner: str, told: Told) -> str:
    """The file. Raises Unwritable, in a line that says why, for a finding that such a file cannot show."""
    scribe = Scribe(opened)
    what = aim(opened, probe, owner, scribe)
    nothing = Template(Operation("GET", "/"), Resource("", "", "", "", {}), "/")
    own = scribe.request(nothing, scribe.own(owner), {}, "/")
    body = "\n".join(_test(what, scribe, told))
    parts = [_head(probe, told, scribe), "", _imports(what, scribe), "", *_constants(opened, what, scribe, own, told)]
    for block in _helpers(what, scribe):
        parts += ["", "", block.strip("\n")]
    return "\n".join([*parts, "", "", body]) + "\n"


def name_of(probe: Probe, fingerprint: str) -> str:
    """What the file is called."""
    return f"test_{_word(probe.family)}_{_word(probe.mutation)}_{fingerprint[:8]}.py"


def _word(text: str) -> str:
    return re.sub(r"\W+", "_", text.lower()).strip("_")


def _head(probe: Probe, told: Told, scribe: Scribe) -> str:
    names = ["BASE_URL", *scribe.variables.values()]
    told_of = f"{told.verdict} ({told.reason}) on {told.when}."
    lines = [
        *_wrapped(f"{probe.id}"),
        "",
        *_wrapped(f"{_claim(probe)} Found {told_of}"),
        "",
        *_wrapped(
            "The request is sent as it should be, with one change, and as it should be again, and what came of it is "
            "read back. The test fails while the API obeys the changed one, and wherever it cannot tell; it passes "
            "when that is refused and the valid one works. What it makes, it removes."
        ),
        "",
        *_wrapped(f"It needs pytest, requests, and in the environment {', '.join(names)}."),
        *_wrapped("BASE_URL is scheme, host and port of an API that may be written to."),
    ]
    return '"""' + "\n".join(line.replace("\\", "\\\\").replace('"""', "'''") for line in lines) + '\n"""'


def _claim(probe: Probe) -> str:
    return probe.title if probe.title.endswith(".") else f"{probe.title}."


def _wrapped(text: str) -> list[str]:
    shown = "".join(char if char.isprintable() and char.isascii() else "?" for char in text)
    return textwrap.wrap(shown, _WIDTH, break_on_hyphens=False)


def _imports(what: Aim, scribe: Scribe) -> str:
    bends = {way for _, way in scribe.bent}
    plain = {"os", "uuid", *(one for way in bends for one in IMPORTS.get(way, ()))}
    plain |= {"json"} if _writes(what) or what.making else set()
    plain |= {"warnings"} if what.making else set()
    plain |= {"re"} if _ruled(what) else set()
    plain |= {"base64"} if scribe.encodes else set()
    several = "Mapping, Sequence" if what.making else "Mapping"
    parse = {"quote"} | ({"unquote", "urlsplit"} if what.making else set()) | ({"urljoin"} if _lists(what) else set())
    parse |= {"urlencode"} if what.mutant.query or what.mutant.form or what.valid.query or what.valid.form else set()
    lines = [f"import {one}" for one in sorted(plain)]
    lines += [
        f"from collections.abc import {several}",
        "from typing import Any, NamedTuple, NoReturn",
        f"from urllib.parse import {', '.join(sorted(parse))}",
        "",
        "import pytest",
        "import requests",
    ]
    return "\n".join(lines)


def _writes(what: Aim) -> bool:
    return what.probe.operation.writes


def _lists(what: Aim) -> bool:
    return _writes(what) and what.creates


def _ruled(what: Aim) -> bool:
    return what.probe.mutant.expect is Expect.INVALID


def _constants(opened: Opened, what: Aim, scribe: Scribe, own: Sent, told: Told) -> Iterator[str]:
    yield 'BASE_URL = os.environ.get("BASE_URL", "").rstrip("/")'
    yield from (f'{name} = os.environ.get("{known}", "")' for name, known in scribe.variables.items())
    yield f"OWN = {source(dict(own.headers))}"
    yield '"""The valid credential."""'
    expect = opened.target.expect
    refusals = expect.invalid if _ruled(what) else (*expect.unauthenticated, *expect.forbidden)
    statuses = sorted({*refusals, *what.probe.mutant.also, *_denials(opened)} - set(range(200, 300)))
    yield f"REFUSALS = {source_tuple(statuses)}"
    if what.making and what.resource:
        parameter = what.resource.parameter
        addresses = [*([what.resource.address_field] if what.resource.address_field else []), *_ADDRESSES]
        ids = list(dict.fromkeys([parameter, *_IDS]))
        yield f"ADDRESSES = {source_tuple(list(dict.fromkeys(addresses)))}"
        yield f"IDS = {source_tuple(ids)}"
    if _lists(what):
        yield f"TOTALS = {source_tuple(_TOTALS)}"
    claim = f"{told.verdict}: {_claim(what.probe)} {what.mutant.method} {what.probe.operation.path}"
    yield f"CLAIM = {source(claim)}"
    if _ruled(what) and what.resource:
        names = [one.name for one in what.probe.mutant.forbids if one.name] or [what.probe.variant]
        rules = {name: rule for name in names if (rule := what.resource.url_rules.get(name))}
        allow = list(dict.fromkeys(one for rule in rules.values() for one in rule.allow))
        yield f"ALLOW = {source_tuple(allow)}"
        yield (
            "RULES: dict[str, tuple[str, str]] = "
            + "{"
            + ", ".join(
                f"{source(name)}: ({source(rule.suffix_of or '')}, {source(rule.suffix or '')})"
                for name, rule in rules.items()
            )
            + "}"
        )


_ADDRESSES = ("resource_uri", "self", "href", "uri", "@id", "url")
_TOTALS = ("total", "total_count", "totalCount", "count")
_IDS = ("id", "pk", "uuid", "_id", "slug", "name")


def _denials(opened: Opened) -> set[int]:
    return {one.status for one in opened.target.denied_when if one.json_ is None and one.location is None}


def source_tuple(values: Sequence[Json]) -> str:
    """A tuple in a line."""
    inner = ", ".join(source(one) for one in values)
    return f"({inner},)" if len(values) == 1 else f"({inner})"


def _helpers(what: Aim, scribe: Scribe) -> Iterator[str]:
    made: list[str] = []
    for way in dict.fromkeys(way for _, way in scribe.bent):
        for block in re.split(r"\n\n\n", HELPERS.get(way, "").strip("\n")):
            if block and block not in made:
                made.append(block)
    yield from made
    yield helpers.SENDING
    if what.making:
        yield helpers.MAKING
    if _lists(what):
        yield helpers.LISTING
    if (_writes(what) and not what.creates) or what.others:
        yield helpers.STABLE
    if _ruled(what):
        yield helpers.RULES


def _test(what: Aim, scribe: Scribe, told: Told) -> Iterator[str]:
    yield f"def test_{_word(what.probe.family)}_{_word(what.probe.mutation)}() -> None:"
    yield from _indented(_doc(what.probe), 4)
    names = ", ".join(["BASE_URL", *scribe.variables])
    yield f"    if not all(({names},)):" if "," not in names else f"    if not all(({names})):"
    yield f'        could_not_tell("not all of {", ".join(["BASE_URL", *scribe.variables.values()])} are set")'
    for local, code, name in scribe.bends():
        yield f"    {local} = {code}"
        yield f"    if {local} == {name}:"
        yield f'        could_not_tell("this key is the same when it is changed so ({name})")'
    yield from steps.lines(what, told.verdict)


def _doc(probe: Probe) -> list[str]:
    lines = textwrap.wrap(_wrapped(_claim(probe))[0] if _wrapped(_claim(probe)) else "", _WIDTH)
    return [f'"""{lines[0] if lines else probe.family}"""']


def _indented(lines: Sequence[str], by: int) -> Iterator[str]:
    yield from (" " * by + line for line in lines)
