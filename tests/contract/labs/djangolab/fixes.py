"""The repairs that can be switched on, in the order in which python/pythondotorg made them."""

from collections.abc import Mapping

FIXES: Mapping[str, str] = {
    "auth": "v1: a failed key check is a refusal and never a guest's visit (#2946)",
    "urls": "the database turns down a file's URL that leads to another host (#2947)",
    "v1-boundaries": "v1: no sessions, closed accounts, bent headers, keys in query or form; fewer methods (#3015)",
    "bulk": "v2: files are deleted in bulk for one release that is named, and never for a blank one (#3016)",
    "url-validation": "both: https only, and a sidecar lies beside its artifact, before the database is asked (#3014)",
}


def chosen(text: str) -> frozenset[str]:
    """The repairs that a comma list, `none` or `all` names; ValueError for an unknown one."""
    if text in ("none", "all"):
        return frozenset(FIXES if text == "all" else ())
    names = frozenset(text.split(","))
    if names - FIXES.keys():
        raise ValueError(f"not a fix: {', '.join(sorted(names - FIXES.keys()))}; there is {', '.join(FIXES)}")
    return names
