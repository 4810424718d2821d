"""The paths that a server may see in a request target, whichever way it is spelled."""

import re
from urllib.parse import unquote

_ABSOLUTE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://[^/?#]*")
_PARAMETERS = re.compile(r";[^/]*")


def readings(target: str) -> set[str]:
    """The path as written, and as it is once the origin, escapes, `;` parameters and dot segments are undone.

    With a slash at the end and without one, for servers that take the two for the same.
    """
    written = target.partition("?")[0]
    path = _ABSOLUTE.sub("", target, count=1).partition("#")[0]
    found = {written}
    for _ in range(3):
        for whole in (path, path.partition("?")[0]):
            for one in (whole, _PARAMETERS.sub("", whole)):
                found |= {_resolved(one), one.partition("\0")[0]}
        path = unquote(path, "latin-1")
    bare = {one.rstrip("/") or "/" for one in found}
    return found | bare | {f"{one.rstrip('/')}/" for one in bare}


def _resolved(path: str) -> str:
    kept: list[str] = []
    words = path.replace("\\", "/").split("/")
    for word in words:
        if word == "..":
            del kept[-1:]
        elif word not in ("", "."):
            kept.append(word)
    return "/" + "/".join(kept) + ("/" if words[-1] in ("", ".", "..") and kept else "")
