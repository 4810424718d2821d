"""A part of a family's page, taken apart so that a template can write it."""

import re
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass

_PIECE = re.compile(r"`([^`]+)`|\*\*([^*]+)\*\*|\*([^*\s][^*]*)\*")


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of text in one style."""

    text: str
    style: str = ""
    """`code`, `strong`, `em`, or empty."""


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph, an item of a list, or code."""

    kind: str
    """`text`, `item` or `code`."""
    pieces: tuple[Piece, ...] = ()
    code: str = ""


def part(page: str, title: str) -> list[Block]:
    """What stands under `## title` in a page of paragraphs, lists and indented code; empty where nothing does."""
    found = re.search(rf"^## {re.escape(title)}[ \t]*$\n(.*?)(?=^## |\Z)", page, re.MULTILINE | re.DOTALL)
    return list(_blocks(found[1])) if found else []


def _blocks(text: str) -> Iterator[Block]:
    code: list[str] = []
    for chunk in re.split(r"\n[ \t]*\n", text.strip("\n")):
        if chunk.startswith("    "):
            code.append(chunk)
            continue
        if code:
            yield _code(code)
            code = []
        kind = "item" if chunk.startswith("- ") else "text"
        for one in re.split(r"^- ", chunk, flags=re.MULTILINE) if kind == "item" else [chunk]:
            if one.strip():
                yield Block(kind, tuple(pieces(" ".join(one.split()))))
    if code:
        yield _code(code)


def _code(chunks: list[str]) -> Block:
    return Block("code", code=textwrap.dedent("\n\n".join(chunks)).rstrip())


def pieces(text: str) -> Iterator[Piece]:
    """The runs of a paragraph, its marks taken off."""
    end = 0
    for match in _PIECE.finditer(text):
        if match.start() > end:
            yield Piece(text[end : match.start()])
        yield Piece(match[match.lastindex or 0], ("code", "strong", "em")[(match.lastindex or 1) - 1])
        end = match.end()
    if text[end:]:
        yield Piece(text[end:])
