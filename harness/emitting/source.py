"""Python source of values, in which text may hold expressions.

An expression stands in a text between two characters that no request can hold: so texts can be filled, joined and cut
as any others, and turn into f-strings at the end.
"""

import re
from collections.abc import Iterator, Mapping

from harness.model import Json

_BEGIN, _END = "\ue000", "\ue001"
_MARKED = re.compile(f"{_BEGIN}([^{_END}]*){_END}")
_RUNS = re.compile(r"(.)\1{60,}", re.DOTALL)
_WIDTH, _LINE, _END_OF_LINE = 84, 112, 120


def expression(code: str) -> str:
    """A text that stands for what an expression gives."""
    return f"{_BEGIN}{code}{_END}"


def pieces(text: str) -> list[str]:
    """What of a text is known before the test runs."""
    return _MARKED.split(text)[::2]


def source(value: Json, indent: int = 0) -> str:
    """The value as Python writes it, its first line at a place that is indented so far."""
    pad = " " * (indent + 4)
    short = _short(value)
    if short is not None and len(short) + indent <= _LINE:
        return short
    match value:
        case str():
            return _text(value, indent)
        case Mapping():
            members = [f"{pad}{_member(name, one, indent + 4)},\n" for name, one in value.items()]
            return "{\n" + "".join(members) + " " * indent + "}" if members else "{}"
        case list() | tuple():
            members = [f"{pad}{source(one, indent + 4)},\n" for one in value]
            return "[\n" + "".join(members) + " " * indent + "]" if members else "[]"
        case _:
            return repr(value)


def _member(name: str, value: Json, indent: int) -> str:
    """A name and its value, which begins behind it and ends no deeper than the name."""
    head = f"{_text(name, 0)}: "
    code = source(value, indent)
    if "\n" not in code and len(head) + len(code) + indent + 1 > _END_OF_LINE:
        pad = " " * (indent + 4)
        return f"{head}(\n{pad}{code}\n{' ' * indent})"
    return head + code


def _short(value: Json) -> str | None:
    """The value in one line, if it can stand in one and is no mapping of mappings."""
    match value:
        case Mapping() if not any(isinstance(one, Mapping | list | tuple) for one in value.values()):
            members = [
                (_text(name, 0), _text(one, 0) if isinstance(one, str) else repr(one)) for name, one in value.items()
            ]
            made = "{" + ", ".join(f"{name}: {one}" for name, one in members) + "}"
            return made if "\n" not in made else None
        case list() if not value:
            return "[]"
    return None


def _text(text: str, indent: int) -> str:
    whole = _MARKED.fullmatch(text)
    if whole:
        return whole[1]
    parts = list(_parts(text))
    if any(repeated for _, repeated in parts):
        return " + ".join(f"{_literal(part)} * {times}" if times else _joined(part, indent) for part, times in parts)
    return _joined(text, indent)


def _parts(text: str) -> Iterator[tuple[str, int]]:
    """Texts, and one character with how often it stands there where that is long."""
    at = 0
    for run in _RUNS.finditer(text):
        if run.start() > at:
            yield text[at : run.start()], 0
        yield run[1], len(run[0])
        at = run.end()
    if at < len(text) or not text:
        yield text[at:], 0


def _joined(text: str, indent: int) -> str:
    """One literal, or several in brackets where one would be too long for a line."""
    whole = _literal(text)
    if len(whole) + indent <= _LINE:
        return whole
    pad = " " * (indent + 4)
    pieces = [whole] if len(whole) + indent + 4 <= _END_OF_LINE else [_literal(piece) for piece in _cut(text)]
    return "(\n" + "".join(f"{pad}{piece}\n" for piece in pieces) + " " * indent + ")"


def _cut(text: str) -> Iterator[str]:
    piece = ""
    for number, part in enumerate(_MARKED.split(text)):
        units = [expression(part)] if number % 2 else re.findall(r"\S{1,40} ?|\s", part)
        for unit in units:
            if piece and len(piece) + len(unit) > _WIDTH:
                yield piece
                piece = ""
            piece += unit
    yield piece


def _literal(text: str) -> str:
    split = _MARKED.split(text)
    quote = "'" if '"' in text and "'" not in text else '"'
    plain = ["".join(_escaped(char, quote) for char in part) for part in split[::2]]
    if len(split) == 1:
        return f"{quote}{plain[0]}{quote}"
    plain = [part.replace("{", "{{").replace("}", "}}") for part in plain]
    codes = [f"{{{code}}}" for code in split[1::2]] + [""]
    return f"f{quote}" + "".join(part + code for part, code in zip(plain, codes, strict=True)) + quote


def _escaped(char: str, quote: str) -> str:
    if char in ("\\", quote):
        return "\\" + char
    return char if " " <= char <= "~" else char.encode("unicode_escape").decode()
