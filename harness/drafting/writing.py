"""The target file's text: every word with a comment that says what it is for, and what the guess rests on."""

import re
from collections.abc import Iterator, Mapping

from harness.drafting.answers import Answers, environment_names
from harness.drafting.finding import PROOF, Found
from harness.drafting.sketch import Need, Sketch
from harness.drafting.text import comment, flow, line
from harness.model import Json

FILL = "FILL IN"
_ENVIRONMENTS = {
    "local": "yours alone, and all on it may be lost: whole-list writes are sent there, too",
    "staging": "written to, by objects that the run makes and removes; say local where all on it may be lost",
    "production": "only read from",
}


def written(found: Found, sketch: Sketch, answers: Answers, present: Mapping[str, str]) -> tuple[str, tuple[Need, ...]]:
    """The file, and what must be filled in before it works. `present` is the environment: identities that may be left
    out stand in the file where their variable is set."""
    needs = list[Need]()
    parts = [
        _head(found, sketch),
        _place(found, sketch, answers),
        _auth(sketch, needs),
        _identities(sketch, answers, present, needs),
        _public(sketch),
        _resources(sketch),
        _operations(sketch),
        _urls(sketch, answers),
        _open_points(sketch),
    ]
    text = "\n".join("\n".join(some) for some in map(list, parts) if some) + "\n"
    return text, (*needs, *sketch.needs)


def _head(found: Found, sketch: Sketch) -> Iterator[str]:
    title = f", “{sketch.title}”" if sketch.title else ""
    yield from comment(f"A target file for Holdfast, drafted from {found.told} ({sketch.version}{title}).")
    yield from comment(
        "It says what the document does not: where the API is, who is who, what guests may do. What stands here was "
        f"read off the document or answered by you; each comment says on what it rests. “{FILL}” marks what is missing."
    )
    yield from comment("Next: put the keys into the environment, and try it with `holdfast check`.")
    yield "version: 1"


def _place(found: Found, sketch: Sketch, answers: Answers) -> Iterator[str]:
    name = answers.name or re.sub(r"[^a-z0-9]+", "-", sketch.title.lower()).strip("-")[:60] or "api"
    yield f"name: {flow(name)}"
    yield from comment("Where it runs. `--base-url` takes its place for one command, as for a review app.")
    yield f"base_url: {found.base_url}"
    served = found.openapi.startswith("/")
    yield from comment(
        "The document: a path, asked for at every run." if served else "The document: a file beside this one."
    )
    yield f"openapi: {flow(found.openapi)}"
    yield from comment(f"What it is: {answers.environment} is {_ENVIRONMENTS[answers.environment]}.")
    yield f"environment: {answers.environment}"
    if answers.proof:
        yield from comment("By this token, made by `holdfast proof` and served there, its owner allows the tests.")
        yield f'proof: "${{{PROOF}}}"'


def _auth(sketch: Sketch, needs: list[Need]) -> Iterator[str]:
    yield ""
    yield from comment("How a credential rides. {username} and {key} stand for the identity's own.")
    if not sketch.ways:
        needs.append(
            Need("auth", "how a credential rides; the document names no security scheme (--auth 'X-Api-Key: {key}')")
        )
        yield from comment(f"{FILL}: the document names no security scheme. For example:")
        yield "# auth:"
        yield '#   key: {channel: header, name: Authorization, template: "ApiKey {username}:{key}"}'
        return
    yield "auth:"
    for way in sketch.ways:
        yield from comment(way.why + ".", 2)
        yield f"  {way.name}: {flow(way.words)}"


def _identities(sketch: Sketch, answers: Answers, present: Mapping[str, str], needs: list[Need]) -> Iterator[str]:
    way = sketch.ways[0] if sketch.ways else None
    unasked = way is not None and not way.named and any(answers.usernames.values())
    names = environment_names(way.secret if way else "KEY")
    several = len(sketch.ways) > 1
    told = {
        "admin": "May do every write: its requests are the controls that show each write to work.",
        "second": "Another with the same rights: is one's key taken for the other's name?",
        "plain": 'An ordinary account, which must not do such writes. What it may do: `may: ["POST /things/"]`.',
    }
    yield ""
    yield from comment("Who is who. Keys come from the environment, and are written down nowhere.")
    if unasked:
        yield from comment(
            "The credential, as it stands above, carries no user name. If it does, write {username} into its template."
        )
    yield "identities:"
    for name, what in told.items():
        words: dict[str, Json] = {}
        username = answers.usernames.get(name)
        if username or way is None or way.named:
            words["username"] = username or FILL
        words |= {"key": f"${{{names[name]}}}"} | ({"privileged": True} if name != "plain" else {})
        if several and way:
            words["auth"] = way.name
        wanted = name != "second" or bool(username) or bool(present.get(names[name]))
        yield from comment(what if wanted else f"{what} Take the # away where there is one.", 2)
        yield f"  {'' if wanted else '# '}{name}: {flow(words)}"
        if wanted and words.get("username") == FILL:
            needs.append(
                Need(f"identities.{name}.username", f"the user name that goes with {names[name]} (--{name}-name)")
            )
    yield from comment("A guest, without a credential, is tried always and needs no entry.", 2)


def _public(sketch: Sketch) -> Iterator[str]:
    yield ""
    yield from comment(
        "What guests may do; all else must be refused to them. `*` stays within a segment, `**` crosses slashes."
    )
    if sketch.public is None:
        yield from comment(
            "The document says nowhere whether a credential is needed. If guests may read, take the # away:"
        )
        yield '# public: ["GET /**"]'
        return
    yield from comment(
        "From the document's `security`: these need none." if sketch.public else "The document opens nothing to them."
    )
    if sketch.unsaid:
        yield from comment(
            "Of some reads it says nothing, which in OpenAPI means that guests may. Each that they are served is a "
            'finding until it stands here: put "GET /**", or the paths, into the list if that is meant.'
        )
    yield "public:" + ("" if sketch.public else " []")
    yield from (f"  - {flow(one)}" for one in sketch.public)


def _resources(sketch: Sketch) -> Iterator[str]:
    kinds = [one for one in sketch.kinds if re.fullmatch("[A-Za-z_][A-Za-z0-9_-]*", one.name)]
    if not kinds:
        return
    yield ""
    yield from comment(
        "The objects that a run makes and removes, as inferred from pairs of paths such as /things and /things/{id}. "
        "`marker` is the text field by which a run knows its own. A new one's id is looked for in Location and in the "
        "answer, or said as `id: $.data.id`; `body` says what a valid one holds, where that cannot be guessed."
    )
    yield "resources:" if any(one.words for one in kinds) else "# resources:"
    for kind in kinds:
        for note in kind.notes:
            yield from comment(note + ".", 2)
        yield f"  {'' if kind.words else '# '}{flow(kind.name)}: {flow(kind.words)}"


def _operations(sketch: Sketch) -> Iterator[str]:
    if not sketch.never:
        return
    yield ""
    yield from comment("What nobody ever sends. Take out of it what should be tried.")
    yield "operations:"
    yield "  never:"
    for name, why in sketch.never:
        yield from comment(why + ".", 4)
        yield f"    - {flow(name)}"


def _urls(sketch: Sketch, answers: Answers) -> Iterator[str]:
    if not sketch.url_fields and not sketch.deep_fields and not answers.allow:
        return
    allow = tuple(answers.allow) or sketch.hosts
    rules = {name: dict(rule) for name, rule in sketch.url_fields.items() if rule}
    unruled = [name for name in sketch.url_fields if not answers.allow and name not in (*sketch.patterned, *rules)]
    yield ""
    if sketch.url_fields:
        yield from comment(f"Where URL fields may point: {', '.join(sketch.url_fields)}.")
    elif sketch.deep_fields:
        yield from comment(
            f"Where URL fields below the top of a body may point: {', '.join(sketch.deep_fields)}. Other values are "
            "not tried there, but a valid body needs one."
        )
    else:
        yield from comment("The document calls no field a URL: name each under `fields`, as {homepage: {allow: […]}}.")
    if not allow and not sketch.url_fields:
        yield from comment("Nothing says where. Write prefixes, and take the # away:")
    elif not allow:
        yield from comment("Nothing says where, so they are not probed. Write prefixes, and take the # away:")
    elif sketch.url_fields and not answers.allow:
        yield from comment(f"From the document's patterns of {', '.join(sketch.patterned)}.")
        rules |= {name: {"rule": "none"} for name in unruled}
    yield "urls:" if allow or rules else "# urls:"
    yield f"  {'' if allow else '# '}allow: {flow(list(allow or ('https://www.example.org/',)))}"
    if rules:
        told = (
            "suffix_of: it stands at another field's URL and a suffix, by x-derived-from. "
            if any("suffix" in one for one in rules.values())
            else ""
        )
        yield from comment(told + "`rule: none`: it may point anywhere; the document sets it no bounds.", 2)
        yield "  fields:"
        yield from (f"    {flow(name)}: {flow(rule)}" for name, rule in rules.items())


def _open_points(sketch: Sketch) -> Iterator[str]:
    if sketch.needs:
        yield ""
        yield from comment(f"{FILL}: what a run cannot make up. Until it is said, these operations are not judged:")
        yield from (part for one in sketch.needs for part in comment(f"- {one.place}: {line(one.what)}"))
