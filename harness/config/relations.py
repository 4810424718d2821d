"""Words against each other: what each of them alone may say, but not together.

These rules read plain data, not models, so that they speak up in the same run as the rules about single words.
What is ill-typed they pass over: that is said by the others.
"""

from collections.abc import Iterator, Mapping

from harness.config import accounts
from harness.config.base_url import BaseUrl
from harness.config.faults import Fault, entries
from harness.config.patterns import METHODS
from harness.documents import Pointer
from harness.model import READS, Json


def faults(data: Mapping[str, Json]) -> Iterator[Fault]:
    """Everything in the file that contradicts itself, in no particular order."""
    yield from _consent(data)
    yield from accounts.faults(data)
    yield from _document(data)
    yield from _protected(data)
    yield from _resources(data)
    yield from _fixtures(data)
    yield from _parameters(data)
    yield from _url_rules(data)


def _consent(data: Mapping[str, Json]) -> Iterator[Fault]:
    try:
        own = BaseUrl.parse(str(data.get("base_url"))).is_loopback
    except ValueError:
        return
    if not own and "proof" not in data:
        yield Fault(
            ("base_url",),
            "is not this machine, and nothing shows that its owner wants it tested; run `holdfast proof`, serve its "
            "token there, and write it under 'proof'",
        )


def _document(data: Mapping[str, Json]) -> Iterator[Fault]:
    source = data.get("openapi")
    if not isinstance(source, dict) or not isinstance(source.get("as"), str):
        return
    place = ("openapi", "as")
    account = entries(data, "identities").get(source["as"], {})
    if not account.keys() & {"key", "cookie", "of"}:
        yield Fault(place, "must name an identity that has a credential; add it under 'identities'")
    elif "cookie" not in account and not data.get("auth"):
        yield Fault(place, "needs 'auth': how its credential rides cannot be read from a document not yet seen")
    if not str(source.get("from")).startswith("/"):
        yield Fault(place, "is for a document that the target serves; remove it, or let 'from' begin with /")


def _protected(data: Mapping[str, Json]) -> Iterator[Fault]:
    listed = data.get("protected")
    for number, guarded in enumerate(listed if isinstance(listed, list) else []):
        for word in ("from", "once") if isinstance(guarded, dict) and "proof" not in guarded else ():
            if word in guarded:
                yield Fault(("protected", number, word), "needs 'proof', the place in the request that it goes to")


def _resources(data: Mapping[str, Json]) -> Iterator[Fault]:
    for name, resource in entries(data, "resources").items():
        place, item = resource.get("id"), resource.get("item")
        if isinstance(place, str) and isinstance(item, str) and place.startswith("path:"):
            slot = f"{{{place.removeprefix('path:')}}}"
            if slot not in item:
                yield Fault(("resources", name, "id"), f"'item' has no {slot}; name a part of its path")
        if "draft_hides" in resource and "draft" not in resource:
            yield Fault(("resources", name, "draft_hides"), "needs 'draft', the fields that make a hidden one")


def _fixtures(data: Mapping[str, Json]) -> Iterator[Fault]:
    fixtures = data.get("fixtures")
    for name, value in fixtures.items() if isinstance(fixtures, dict) else ():
        place: Pointer = ("fixtures", name)
        method, space, path = name.partition(" ")
        if not space and method not in METHODS:
            yield from _ids(place, {name: value})
        elif method not in READS or not path.startswith("/"):
            yield Fault(
                place, "must be a parameter's name, or a read like 'GET /things/{id}'; nothing is written to it"
            )
        elif not isinstance(value, dict):
            yield Fault(place, "must be a mapping of parameters to ids, like {id: 7}")
        else:
            yield from _ids(place, value)


def _parameters(data: Mapping[str, Json]) -> Iterator[Fault]:
    parameters = data.get("parameters")
    for name, value in parameters.items() if isinstance(parameters, dict) else ():
        method, _, path = name.partition(" ")
        if method in METHODS and path.startswith("/") and not isinstance(value, dict):
            yield Fault(("parameters", name), "must be a mapping of parameters to values, like {tenant: acme}")
        for one in value.values() if isinstance(value, dict) else (value,):
            if not isinstance(one, str | int | float) or one == "":
                yield Fault(("parameters", name), "must be a text, a number or a boolean")


def _ids(place: Pointer, values: Mapping[str, Json]) -> Iterator[Fault]:
    for value in values.values():
        if isinstance(value, bool) or not isinstance(value, int | str) or value == "":
            yield Fault(place, "must be an id: a text or a whole number")


def _url_rules(data: Mapping[str, Json]) -> Iterator[Fault]:
    for name, rule in entries(data, "urls", "fields").items():
        place = ("urls", "fields", name)
        if not rule:
            yield Fault(place, "says nothing; give it 'allow', 'suffix_of' or 'rule: none'")
        if "rule" in rule and len(rule) > 1:
            yield Fault((*place, "rule"), "'none' stands alone; remove it, or the other words of this field")
        if "suffix" in rule and "suffix_of" not in rule:
            yield Fault((*place, "suffix"), "needs 'suffix_of', the field that it is added to")
        if "suffix_of" in rule and "suffix" not in rule:
            yield Fault((*place, "suffix_of"), "needs 'suffix', the text that is added")
        if rule.get("suffix_of") == name:
            yield Fault((*place, "suffix_of"), "is this field itself; name the one that it follows")
