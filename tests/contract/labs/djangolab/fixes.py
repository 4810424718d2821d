"""The repairs that can be switched on, in the order in which python/pythondotorg made them."""

from collections.abc import Mapping

FIXES: Mapping[str, str] = {
    "auth": "v1: a failed key check is a refusal and never a guest's visit (#2946)",
    "urls": "the database turns down a file's URL that leads to another host (#2947)",
    "v1-boundaries": "v1: no sessions, closed accounts, bent headers, keys in query or form; fewer methods (#3015)",
    "bulk": "v2: files are deleted in bulk for one release that is named, and never for a blank one (#3016)",
    "url-validation": "both: https only, and a sidecar lies beside its artifact, before the database is asked (#3014)",
}

DEFECTS: Mapping[str, str] = {
    "any-good-key": "v1: asks whether a key exists, and not whose it is",
    "negative-check": "v1: refuses a name whose key is another, and so none that has no key",
    "name-in-any-case": "v1: asks for the key by the name as sent, and for the account by the name in any case",
    "name-trimmed": "v1: the same, for names with blanks around them",
    "name-folded": "v1: the same, for names in letters that only look alike",
    "key-like": "v1: asks the database with LIKE",
    "key-as-text": "v1: compares keys as text, that of an account without one, too",
    "built-in-root": "v1: the account that installs the site needs no key",
    "reads-unchecked": "v1: takes the name's word for reads, which harm nobody",
    "blank-key": "v1: looks at a key only where there is one",
    "any-scheme": "v1: cuts the header at its colon, whatever its scheme",
    "delete-detail": "v1: staff alone are asked for in every method of the authorization but one",
    "inactive-token": "v2: overrides the token's lookup, and forgets to ask for life",
    "session-exempt": "v2: takes sessions, and switches their CSRF check off",
    "destroy-open": "v2: permissions by action, with none for destroy",
    "patch-signed-in": "v2: asks PATCH for a valid token alone",
    "uploads-nest": "v2: uploaders add files, and the serializer saves a release that is sent inside one",
    "uploads-cascade": "v2: uploaders remove releases, with the files of others in them",
    "url-on-create": "v2: validates links where a file is made, and not where it is changed",
    "sidecar-free": "both: asks where a sidecar lies, and not whose it is",
    "draft-by-name": "v2: an extra filter looks in the whole table",
}
"""Mistakes that the real site never made, each for a lab with every repair."""

VARIANTS: Mapping[str, str] = {
    "addresses-checked": "both: what is no whole address is refused, which the repairs of the real site left out",
    "name-ignores-case": "v1: names count in any case, and keys as they are",
    "uploaders": "v2: others than staff add files, and remove releases that hold none",
}
"""Other ways to be right."""


def chosen(text: str) -> frozenset[str]:
    """The repairs that a comma list, `none` or `all` names; ValueError for an unknown one."""
    if text in ("none", "all"):
        return frozenset(FIXES if text == "all" else ())
    names = frozenset(text.split(","))
    if names - FIXES.keys():
        raise ValueError(f"not a fix: {', '.join(sorted(names - FIXES.keys()))}; there is {', '.join(FIXES)}")
    return names
