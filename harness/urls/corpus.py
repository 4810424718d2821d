"""The URL corpus: rules that are expanded for a field's rule, each string under a lasting name.

Sources: RFC 3986 and the WHATWG URL standard where they differ, UTS 46, CVE-2018-14574, CVE-2019-9636, and the
published classes of URL-parser confusion (scheme, slash, backslash, encoded data, scheme mix-up).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

from harness.urls.authority import HOST, PORT, SCHEME, USERINFO, Build
from harness.urls.confusion import CTL, DELIM, LINE, SLASH
from harness.urls.letters import IDN
from harness.urls.place import EVIL, Place, place
from harness.urls.rules import UrlRule, entries, judge
from harness.urls.shape import ACCEPT, PATH, POLICY, SHAPE

UrlClass = Literal[
    "SCHEME", "HOST", "USERINFO", "SLASH", "DELIM", "PORT", "CTL", "LINE", "IDN", "PATH", "SHAPE", "accept", "policy"
]
"""The last two are what a rule must accept, and what it may treat either way."""
Disposition = Literal["refuse", "accept", "policy"]
"""What a careful server does with a string; `policy` is either."""


@dataclass(frozen=True, slots=True)
class UrlCase:
    """One string of the corpus."""

    name: str
    """Lasting, kebab-case, unique in the corpus."""
    url_class: UrlClass
    """The class of its rule."""
    text: str
    """What to send; at most 200 characters, `overlong` apart."""
    disposition: Disposition
    """For the rule at hand: a refusal that this rule does not ask for is `policy`."""


CLASSES: Final[Mapping[UrlClass, Mapping[str, Build]]] = {
    "SCHEME": SCHEME,
    "HOST": HOST,
    "USERINFO": USERINFO,
    "SLASH": SLASH,
    "DELIM": DELIM,
    "PORT": PORT,
    "CTL": CTL,
    "LINE": LINE,
    "IDN": IDN,
    "PATH": PATH,
    "SHAPE": SHAPE,
    "accept": ACCEPT,
    "policy": POLICY,
}
"""The rules of each class, by lasting name."""

CLASS_OF: Final[Mapping[str, UrlClass]] = {name: group for group, builds in CLASSES.items() for name in builds}
"""The class of every name, in the corpus's order."""

SMOKE: Final = (
    "http-twin",
    "other-host",
    "host-as-subdomain-of-other",
    "host-with-prefix-glued",
    "userinfo-host-at-other",
    "userinfo-other-backslash-at-host",
    "userinfo-host-backslash-at-other",
    "one-slash-other",
    "protocol-relative",
    "pct-slash-after-other",
    "line-other-then-allowed",
    "tab-between-host-and-other",
)
"""The names that tell most validators apart, in order."""

FURTHER: Final = (
    *("dash-for-dot", "other-dashed-to-host", "other-glued-to-host", "host-with-country-suffix"),
    *("top-level-swapped", "sibling-host", "host-in-path-of-other", "host-in-query-of-other"),
    *("host-in-fragment-of-other", "userinfo-two-ats-to-other", "userinfo-host-hash-at-other", "no-slash-other"),
    *("two-backslashes-other", "slash-backslash-other", "hash-after-other", "question-after-other"),
    *("port-8443", "cyrillic-host"),
)
"""Names that each tell a validator apart which those of SMOKE do not."""


def corpus(rule: UrlRule, path: str, evil: str = EVIL) -> tuple[UrlCase, ...]:
    """Every string that makes sense for a rule, in the order of CLASS_OF.

    `path` carries the marker and follows the rule's first prefix with a host; see `place`. Left out is what the rule's
    host has no letters or labels for, and what would equal the plain allowed URL. A rule that allows every host keeps
    only what breaks it all the same. A rule without an allow-list has no corpus. ValueError for an unfit path.
    """
    return _cases(tuple(CLASS_OF), rule, path, evil)


def case(name: str, rule: UrlRule, path: str, evil: str = EVIL) -> UrlCase | None:
    """The string of one name, None where `corpus` leaves it out. KeyError for an unknown name."""
    return next(iter(_cases((name,), rule, path, evil)), None)


def smoke(origin: str, path: str, evil: str = EVIL) -> tuple[UrlCase, ...]:
    """The twelve strings of SMOKE for one allowed prefix, in that order; fewer where `corpus` leaves some out."""
    return _cases(SMOKE, UrlRule(allow=(origin,)), path, evil)


def further(origin: str, path: str, evil: str = EVIL) -> tuple[UrlCase, ...]:
    """The strings of FURTHER for one allowed prefix, likewise."""
    return _cases(FURTHER, UrlRule(allow=(origin,)), path, evil)


def _cases(names: tuple[str, ...], rule: UrlRule, path: str, evil: str) -> tuple[UrlCase, ...]:
    where = place(rule, path, evil)
    if where is None:
        return ()
    cases = (_case(name, rule, where) for name in names)
    return tuple(found for found in cases if found is not None)


def _case(name: str, rule: UrlRule, where: Place) -> UrlCase | None:
    group = CLASS_OF[name]
    text = CLASSES[group][name](where)
    if text is None or (text == where.good and name != "exact"):
        return None
    if group == "accept" or group == "policy":
        return UrlCase(name, group, text, group)
    if judge(text, rule).outside:
        return UrlCase(name, group, text, "refuse")
    has_host = any(entry.hosts for entry in entries(rule))
    return UrlCase(name, group, text, "policy") if has_host else None
