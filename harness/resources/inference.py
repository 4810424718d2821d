"""Target and operations -> the graph of resources.

Where resources are, and what makes their objects, is told by `pairs`; what cannot be seen in the document, by the
target file's `resources:`.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace

from harness.config import Target
from harness.model import Operation
from harness.resources.belonging import Belonging
from harness.resources.graph import Graph, Resource
from harness.resources.links import links_of, loose_links_of, spellings, worded_of
from harness.resources.pairs import creators_of, pairs_of
from harness.resources.parameters import filtered
from harness.resources.paths import PARAMETER, id_parts, prefixes, shape
from harness.resources.schemas import has_field, marker_of, resolved
from harness.resources.scopes import scopes_of
from harness.resources.singletons import singletons
from harness.resources.undeclared import undeclared
from harness.resources.url_fields import deep_url_fields, rule_of, url_fields

ADDRESS_FIELDS = ("resource_uri", "self", "href", "uri", "@id", "url")


def build_graph(operations: Sequence[Operation], target: Target) -> Graph:
    """The resources of a document, as far as paths and the target file tell them."""
    by_path: dict[str, dict[str, Operation]] = {}
    spelled: dict[str, str] = {}
    for operation in operations:
        # Methods of one path may each name its parameters in their own way.
        path = spelled.setdefault(PARAMETER.sub("{}", operation.path), operation.path)
        by_path.setdefault(path, {}).setdefault(operation.method, operation)
    pairs = pairs_of(by_path, target)
    owners = _owners(pairs, target)
    accounts, fixed = _accounts(by_path, pairs, owners, target), _fixed(pairs, owners, target)
    worded = worded_of(pairs, by_path)
    made = (_resource(name, by_path, pairs, owners, accounts, worded, target) for name in pairs)
    resources = [replace(one, fixed=fixed) for one in made]
    taken = {name for pair in pairs.items() for name in (pair[0], pair[1][0])}
    ordered = [*parents_first(resources), *singletons(by_path, frozenset(taken), target)]
    roles = {
        operation.name: (resource, key.partition(" ")[2])
        for resource in ordered
        for key, operation in resource.operations.items()
    }
    for resource in ordered:
        for operation in resource.creators:
            on_list = operation.name in {one.name for key, one in resource.operations.items() if key == "POST list"}
            roles[operation.name] = (resource, "list" if on_list else "create")
    below = dict[str, tuple[Operation, ...]]()
    belonging = Belonging([one for one in reversed(ordered) if not one.singleton], target)
    for operation in operations:
        owner = belonging.of(operation)
        if owner and roles.setdefault(operation.name, (owner, "below"))[1] == "below" and operation.writes:
            below[owner.name] = (*below.get(owner.name, ()), operation)
    others = {one.name: (one, resource, place) for one, resource, place in undeclared(operations, ordered, below)}
    roles |= {name: (resource, place) for name, (_, resource, place) in others.items()}
    hidden = tuple(one for one, _, _ in others.values())
    return Graph(tuple(ordered), roles, scopes_of(operations, ordered, target), below, hidden)


def _resource(
    name: str,
    by_path: Mapping[str, Mapping[str, Operation]],
    pairs: Mapping[str, tuple[str, str]],
    owners: Mapping[str, str],
    accounts: frozenset[str],
    worded: tuple[str, ...],
    target: Target,
) -> Resource:
    paths = list_path, item_path = pairs[name]
    words = target.resources.get(name)
    operations = {
        f"{method} {where}": operation
        for where, path in (("list", list_path), ("item", item_path))
        for method, operation in by_path.get(path, {}).items()
    }
    parameters = PARAMETER.findall(item_path)
    parents = _path_parents(name, pairs, owners)
    # Its own item may be an account, too: there the objects are those that the run makes, and never an identity.
    owners_in = {one: prefix for path in paths for one, prefix in prefixes(path) if prefix in accounts}
    whose = tuple(one for one, prefix in owners_in.items() if prefix != shape(item_path))
    parents = {parameter: one for parameter, one in parents.items() if parameter not in whose}
    creators = creators_of(name, operations, by_path, target)
    create = next(iter(creators), None)
    body = resolved(create.body_schema if create else None)
    read = operations.get("GET item") or operations.get("PATCH item") or operations.get("PUT item") or create
    answer = resolved(read.answer_schema if read else None)
    address = next((one for one in ADDRESS_FIELDS if has_field(answer, one) and not has_field(body, one)), None)
    ruled = {field for field, words in target.urls.fields.items() if words.rule != "none"}
    links = tuple(one for one in links_of(name, body, pairs, worded) if one.field not in ruled)
    named = {one.field for one in links}
    others = {word for other in pairs if other != name for word in spellings(other)}
    deep, untried = deep_url_fields(operations.values(), target, others)
    places = [*(one for one in url_fields(body, target) if one not in named), *deep]
    return Resource(
        name,
        list_path,
        item_path,
        parameters[-1] if parameters else "",
        operations,
        parents,
        whose,
        links,
        loose_links_of(name, body, pairs, {*ruled, *(one for one in url_fields(body, target))}),
        # A change of what an object is called by would move it.
        (words.marker if words else None)
        or marker_of(body, answer, [*places, *parameters[-1:], "slug"])
        or marker_of(body, answer, places),
        address,
        (words.id if words else None) or "",
        words.find if words else None,
        {one: rule_of(target, one) for one in places},
        untried,
        "GET list" in operations and filtered(operations["GET list"], target),
        creators,
        id_parts=id_parts(paths, parents) if words and words.item else (),
    )


def _path_parents(name: str, pairs: Mapping[str, tuple[str, str]], owners: Mapping[str, str]) -> dict[str, str]:
    """The resources that the parameters of a resource's list path and item path name, but for the item's own."""
    found = [one for path in pairs[name] for one in prefixes(path) if one[1] != shape(pairs[name][1])]
    named = {parameter: one for parameter, prefix in found if (one := _by_its_word(parameter, prefix, pairs))}
    named |= {parameter: owners[prefix] for parameter, prefix in found if prefix in owners}
    return {parameter: one for parameter, one in named.items() if one != name}


def _fixed(pairs: Mapping[str, tuple[str, str]], owners: Mapping[str, str], target: Target) -> dict[str, str]:
    """What the bodies of the target file say of parameters that name no object of any resource, by the shape of a path
    up to them."""
    said = {name: words.body for name, words in target.resources.items() if name in pairs and words.body}
    return {
        prefix: str(body[parameter])
        for name, body in said.items()
        for path in pairs[name]
        for parameter, prefix in prefixes(path)
        if prefix not in owners and isinstance(body.get(parameter), str | int) and "{" not in str(body[parameter])
    }


def _owners(pairs: Mapping[str, tuple[str, str]], target: Target) -> dict[str, str]:
    """The resources by the shapes of their item paths up to each of the parameters that name the item itself."""
    items = Counter(shape(item) for _, item in pairs.values())
    return {prefix: one for one in pairs for prefix in _own_prefixes(one, pairs[one], items, target)}


def _accounts(
    by_path: Mapping[str, Mapping[str, Operation]],
    pairs: Mapping[str, tuple[str, str]],
    owners: Mapping[str, str],
    target: Target,
) -> frozenset[str]:
    """Shapes of paths that end in the name of an account by the target's word, and not in an object that is made like
    others: nobody makes an account to put something below it."""
    named = {
        prefix
        for name, words in target.resources.items()
        for path in pairs.get(name, ())
        for parameter, prefix in prefixes(path)
        if words.owner and f"path.{parameter}" in words.owner.owner_field
    }

    def is_made(name: str) -> bool:
        own = {f"{method} list": one for method, one in by_path.get(pairs[name][0], {}).items()}
        creators = creators_of(name, own, by_path, target)
        return bool(creators) and not any(has_field(resolved(one.body_schema), "password") for one in creators)

    return frozenset(one for one in named if one not in owners or not is_made(owners[one]))


def _own_prefixes(name: str, paths: tuple[str, str], items: Mapping[str, int], target: Target) -> list[str]:
    whole, found = shape(paths[1]), prefixes(paths[1])
    known = {parameter for parameter, prefix in found if items.get(prefix, 0) > (prefix == whole)}
    words = target.resources.get(name)
    parts = id_parts(paths, known) if words and words.item else ()
    return [whole, *(prefix for one, prefix in found if one in parts)]


def _by_its_word(parameter: str, prefix: str, pairs: Mapping[str, tuple[str, str]]) -> str | None:
    """The one resource whose items, deeper in another path, end alike: `/releases/{release_id}` names what is read at
    `/projects/{id}/releases/{release_id}`."""
    segments = prefix.split("/")[-2:]
    ends = [name for name, (_, item) in pairs.items() if shape(item).split("/")[-2:] == segments]
    same = [name for name in ends if PARAMETER.findall(pairs[name][1])[-1] == parameter]
    return same[0] if len(same) == 1 and segments[0] not in ("", "{}") else None


def parents_first(resources: Sequence[Resource]) -> list[Resource]:
    ordered: list[Resource] = []
    waiting = list(resources)
    while waiting:
        placed = {one.name for one in ordered}
        ready = [one for one in waiting if one.needs - {one.name} <= placed] or waiting[:1]
        ordered += ready
        waiting = [one for one in waiting if one not in ready]
    return ordered
