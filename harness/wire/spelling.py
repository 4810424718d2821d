"""Other ways to write the path of a request, which one server takes for the same path and another does not.

No cut of one names more than the path itself does: what is put in stands in front of everything, behind everything, or
within the first segment, so that a removal spelled in such a way reaches its own object or none.
"""

from collections.abc import Callable, Mapping

ASIDE = "/holdfast"
"""A place that no API has."""


def _in_first(change: Callable[[str], str]) -> Callable[[str], str]:
    """Changes the first segment."""

    def spell(path: str) -> str:
        _, first, *more = path.split("/", 2)
        return "/".join(["", change(first), *more])

    return spell


def _between(joint: str) -> Callable[[str], str]:
    """Puts something else between the first segment and the second."""

    def spell(path: str) -> str:
        _, first, more = path.split("/", 2)
        return f"/{first}{joint}{more}"

    return spell


def _behind(text: str) -> Callable[[str], str]:
    return lambda path: path.rstrip("/") + text


def _escaped(word: str, percent: str = "%") -> str:
    return f"{percent}{ord(word[0]):02x}{word[1:]}"


SPELLINGS: Mapping[str, Callable[[str], str]] = {
    "two-slashes": lambda path: f"/{path}",
    "two-slashes-inside": _between("//"),
    "dot": lambda path: f"/.{path}",
    "escaped-dot": lambda path: f"/%2e{path}",
    "up": lambda path: f"{ASIDE}/..{path}",
    "escaped-up": lambda path: f"{ASIDE}/%2e%2e{path}",
    "up-with-semicolon": lambda path: f"{ASIDE}/..;{path}",
    "parameter": _in_first(lambda first: f"{first};x=1"),
    "parameter-behind": _behind(";x=1"),
    "style-sheet-behind": _behind(";.css"),
    "escaped-letter": _in_first(_escaped),
    "letter-escaped-twice": _in_first(lambda first: _escaped(first, "%25")),
    "escaped-slash": _between("%2f"),
    "backslash": _between("\\"),
    "upper-case": _in_first(str.upper),
    "slash-behind": lambda path: path.rstrip("/") if path.endswith("/") else f"{path}/",
    "dot-behind": _behind("."),
    "blank-behind": _behind("%20"),
    "line-break-behind": _behind("%0a"),
    "json-behind": _behind(".json"),
    "absolute": lambda path: path,
}
"""From a path of at least one segment to another spelling of it; those between segments take two."""


def spelled(target: str, name: str, origin: str) -> str:
    """A target with its path spelled so; the `absolute` one names its origin, too."""
    path, mark, query = target.partition("?")
    return (origin if name == "absolute" else "") + SPELLINGS[name](path) + mark + query
