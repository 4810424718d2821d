"""The body of an emitted test: what is set out, sent, and read back."""

import re
from collections.abc import Iterator, Mapping, Sequence

from harness.emitting.aims import Aim, Making
from harness.emitting.requests import Sent
from harness.emitting.source import expression, source
from harness.model import Expect, Json, Outcome

LINE = 120


def lines(what: Aim, verdict: str) -> Iterator[str]:
    """The lines below the test's name, indented by four."""
    operation = what.probe.operation
    yield "    made: list[str] = []"
    yield "    try:"
    for parent in what.parents:
        yield from _made(parent)
    if not operation.writes:
        yield from _reading(what, verdict)
    elif what.creates:
        yield from _creating(what, verdict)
    else:
        yield from _changing(what, verdict)
    yield "    finally:"
    yield "        remove(made)"


def _made(making: Making, indent: int = 8) -> Iterator[str]:
    pad = " " * indent
    yield f"{pad}marker = fresh()"
    yield f"{pad}{_create(making, source(making.item, indent + 4), indent, f'{making.variable} = ')}"


def _create(making: Making, item: str, indent: int, into: str = "") -> str:
    """`item` is source."""
    arguments = ["made", "marker", source(making.target), source(making.body or {}, indent + 4), item]
    return _call(f"{into}create", arguments, indent)


def _call(function: str, arguments: Sequence[str], indent: int) -> str:
    """A call in one line where it fits, or with its arguments on one of their own."""
    inner, pad = ", ".join(arguments), " " * (indent + 4)
    if "\n" not in inner and len(function) + len(inner) + 2 + indent <= LINE:
        return f"{function}({inner})"
    if "\n" not in inner and len(inner) + indent + 4 <= LINE:
        return f"{function}(\n{pad}{inner}\n{' ' * indent})"
    return "\n".join([f"{function}(", *(f"{pad}{one}," for one in arguments), " " * indent + ")"])


def _sent(sent: Sent, name: str, indent: int) -> Iterator[str]:
    """Sends it, and keeps the answer under a name."""
    pad, target = " " * indent, sent.target
    if sent.query:
        yield f"{pad}query = {_urlencoded(sent.query, indent)}"
        target += "?" + expression("query")
    arguments = [f'"{sent.method}"', source(target, indent + 4), source(dict(sent.headers), indent + 4)]
    if sent.form and isinstance(sent.body, Mapping):
        yield f"{pad}body = {_urlencoded(tuple(_flat(sent.body)), indent)}"
        arguments.append("body")
    elif sent.body is not None:
        yield f"{pad}body = {source(sent.body, indent)}"
        arguments.append("json.dumps(body)")
    yield f"{pad}{_call(f'{name} = send', arguments, indent)}"


def _urlencoded(pairs: Sequence[tuple[str, str]], indent: int) -> str:
    return _call("urlencode", [source(dict(pairs), indent + 4), "quote_via=quote", 'safe=""'], indent)


def _flat(body: Mapping[str, Json]) -> Iterator[tuple[str, str]]:
    for name, value in body.items():
        for one in value if isinstance(value, list | tuple) else (value,):
            text = one if isinstance(one, str) else "" if one is None else expression(f"json.dumps({source(one)})")
            yield name, text


def _creating(what: Aim, verdict: str) -> Iterator[str]:
    making = what.making
    assert making is not None
    valid = Making("", what.valid.method, what.valid.target, what.valid.body, making.item)
    yield f"        item = {source(making.item, 8)}"
    yield "        # With the valid key the request works."
    yield "        marker = first = fresh()"
    yield f"        {'canary = ' if what.others else ''}{_create(valid, 'item', 8)}"
    if what.others:
        yield "        before = state(canary.path)"
    yield f"        there = paths(rows({source(what.list_path, 8)}), item)"
    yield "        # The same request, changed."
    yield "        marker = mutant = fresh()"
    yield from _sent(what.mutant, "answer", 8)
    yield "        # The valid one works still."
    yield "        marker = last = fresh()"
    yield f"        {_create(valid, 'item', 8)}"
    yield "        # What came of the changed one, whatever it was answered."
    yield f"        listed = rows({source(what.list_path, 8)})"
    yield "        caught = having(listed, mutant)"
    yield "        made += [path for path in paths(caught, item) if path not in there]"
    if what.others:
        yield "        after = read(canary.path)"
        yield '        moved = ["gone"] if after is None else changed(before, after)'
        yield "        if moved:"
        yield from _fail("an object that was there is changed: {', '.join(moved)}")
    broken = 'next((why for row in caught if (why := breach(row))), "")'
    yield from _effect(what, broken, "caught", "{json.dumps(caught[0])[:300]} is there")
    yield "        if not having(listed, first) or not having(listed, last):"
    yield '            could_not_tell("the list does not show what the valid key has just made")'
    yield from _ending(what, verdict, "caught")


def _changing(what: Aim, verdict: str) -> Iterator[str]:
    making = what.making
    assert making is not None
    yield from _works(what, making)
    yield "        # With the valid key the request works."
    yield "        served = works()"
    yield from _made(making)
    if what.probe.mutant.expect is not Expect.INVALID:
        yield "        before = state(canary.path)"
    yield from _turned(what, 8)
    yield "        # The same request, changed."
    yield "        marker = fresh()"
    yield from _sent(what.mutant, "answer", 8)
    yield "        # What came of it, whatever it was answered."
    yield "        after = read(canary.path)"
    yield "        if after is None:"
    yield from _fail("the object is gone")
    moved = "changed(before, after) or marker in json.dumps(after)"
    yield from _effect(what, "breach(after)", moved, "changed {', '.join(changed(before, after))}")
    yield "        # The valid one works still."
    yield "        if not (served and works()):"
    yield '            pytest.xfail("could not tell: nobody is served this operation, not even with the valid key")'
    yield from _ending(what, verdict, "")


def _works(what: Aim, making: Making) -> Iterator[str]:
    method = what.probe.operation.method
    yield ""
    yield "        def works() -> bool:"
    yield '            """Whether the valid request is served, and does what it should."""'
    yield from _made(making, 12)
    yield from _turned(what, 12)
    yield "            marker = fresh()"
    yield from _sent(what.valid, "answer", 12)
    yield "            if answer.status_code in (405, 501):"
    yield "                return False"
    yield "            if not answer.ok:"
    yield '                could_not_tell(f"the valid request is answered {answer.status_code} {answer.text[:200]}")'
    if method == "DELETE":
        yield "            if read(canary.path) is not None:"
    elif what.turned:
        yield f"            if (read(canary.path) or {{}}).get({source(what.turned[0])}) != turned:"
    else:
        yield "            if marker not in json.dumps(read(canary.path)):"
    yield '                could_not_tell(f"the valid request is answered {answer.status_code}, to no effect")'
    yield "            return True"
    yield ""


def _turned(what: Aim, indent: int) -> Iterator[str]:
    if what.turned:
        name, values = what.turned
        told = ", ".join(source(one) for one in values)
        yield f"{' ' * indent}turned = next(one for one in ({told},) if one != canary.values.get({source(name)}))"


def _reading(what: Aim, verdict: str) -> Iterator[str]:
    if what.making:
        named = "canary" in source([what.valid.target, what.mutant.target, dict(what.mutant.headers), what.mutant.body])
        yield "        marker = fresh()"
        item = source(what.making.item, 12)
        yield f"        {_create(what.making, item, 8, 'canary = ' if named else '')}"
    else:
        yield "        marker = fresh()"
    yield "        # What the valid key is shown, and what a guest is."
    yield from _sent(what.valid, "shown", 8)
    yield f'        guest = send("GET", {source(what.valid.target, 8)}, {{}})'
    yield "        if not shown.ok:"
    yield '            could_not_tell(f"the valid request is answered {shown.status_code}")'
    if not what.strict:
        yield "        if guest.ok and guest.content == shown.content:"
        yield '            could_not_tell("a guest is shown all that the valid key is shown")'
    if what.hidden:
        yield "        if marker in guest.text:"
        yield '            could_not_tell("a guest is shown the object that should be hidden")'
    yield "        # The same request, changed."
    yield from _sent(what.mutant, "answer", 8)
    yield "        hidden = marker in shown.text and marker not in guest.text"
    yield "        same = answer.content == shown.content != guest.content or (hidden and marker in answer.text)"
    yield "        if answer.ok and (same or not guest.ok):"
    yield from _fail("shows what no guest is shown: {answer.text[:200]}")
    if what.strict:
        yield "        if answer.ok:"
        yield from _fail("is served as a guest is, where a credential that is none should be refused")
    yield "        alike = answer.content == guest.content or not guest.ok"
    yield "        as_guest = alike and answer.status_code == guest.status_code"
    yield "        if not as_guest and answer.status_code not in REFUSALS:"
    yield '            could_not_tell(f"it is answered {answer.status_code}, like neither a guest nor the valid key")'


def _effect(what: Aim, broken: str, moved: str, told: str) -> Iterator[str]:
    """What must not have come of it: a stored value that breaks the rule, or, where nobody may write, any effect."""
    if what.probe.mutant.expect is Expect.INVALID:
        yield f"        broken = {broken}"
        yield "        if broken:"
        yield from _fail("{broken}")
    else:
        yield f"        if {moved}:"
        yield from _fail(told)


def _fail(effect: str) -> Iterator[str]:
    """The line with which the test fails, twelve to the right; `effect` may hold expressions."""
    code = effect[1:-1] if re.fullmatch(r"\{\w+\}", effect) else f'{"f" if "{" in effect else ""}"{effect}"'
    yield f"            got_in(answer, {code})"


def _ending(what: Aim, verdict: str, stored: str) -> Iterator[str]:
    """What is made of the answer, where nothing came of it."""
    if verdict == Outcome.CRASHED:
        yield "        if answer.status_code == 500:"
        yield from _fail("it crashes")
    if what.probe.mutant.expect is Expect.INVALID:
        yield f"        if answer.ok{f' and {stored}' if stored else ''}:"
        yield "            return  # What was stored keeps the rule."
    yield "        if answer.status_code not in REFUSALS:"
    yield '            could_not_tell(f"it is answered {answer.status_code}, and nothing came of it")'
