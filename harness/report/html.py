"""`report.html`: the whole run in one file that runs no script and fetches nothing."""

import base64
import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from harness import __version__
from harness.engine import Opened, Results
from harness.errors import UsageError
from harness.family import Family
from harness.model import Outcome
from harness.report.accepted import remarks, used
from harness.report.console import headlines
from harness.report.entrances import Entrance, entrances
from harness.report.files import replace_file
from harness.report.heat import WORDS, heat
from harness.report.prose import part, pieces
from harness.report.text import safe
from harness.report.untested import untested

MOST = 2_000_000
"""Bytes that the file holds at most, as far as leaving details out can bring that about."""
TEXT = 4000
"""Characters of one text that are shown."""
NAME = 120
"""Characters of a name in a heading or a table; what it is a name of is told in full below, or in `report.json`."""
ROWS = 60
"""Rows of a table that are shown, where nothing else is said."""
_HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Bounds:
    """How much of a run is shown."""

    doors: int
    """Doors shown with their findings."""
    findings: int
    """Findings of each door shown in full."""
    ids: int
    """Ids of other findings of each door."""
    rows: int
    """Operations of the heat map, and doors of the first table."""


_BOUNDS = (Bounds(60, 3, 400, 300), Bounds(60, 1, 100, 150), Bounds(20, 1, 0, 60), Bounds(0, 0, 0, 30))
"""From the fullest on: the first that fits is taken."""


@dataclass(frozen=True, slots=True)
class Account:
    """An identity and what is known of it."""

    name: str
    role: str
    username: str
    proved: str
    detail: str


def write(results: Results, opened: Opened, families: Sequence[Family], path: Path) -> None:
    """Writes the report to `path`, whole or not at all. `families` are those whose pages are quoted.

    Raises UsageError where the file cannot be written.
    """
    text = ""
    for bounds in _BOUNDS:
        text = _page(results, opened, families, bounds)
        if len(text.encode()) <= MOST:
            break
    try:
        replace_file(path, text)
    except OSError as error:
        raise UsageError(f"{path}: cannot be written: {error.strerror}; name another folder with --out") from None


def _page(results: Results, opened: Opened, families: Sequence[Family], bounds: Bounds) -> str:
    names = {name: resource.name for name, (resource, _) in opened.graph.roles.items()}
    found = entrances(results, names, bounds.doors, bounds.findings, bounds.ids)
    known = {family.name: family for family in families}
    planned = dict.fromkeys(probe.family for probe in results.plan.probes)
    columns = [name for name in known if name in planned] + [name for name in planned if name not in known]
    numbers: dict[tuple[str, str], int] = {}
    for one in found:
        for member in one.members:
            numbers.setdefault((member.probe.operation.name, member.probe.family), one.number)
    word, _, said = next(iter(headlines(results))).plain.partition(": ")
    counts = Counter(one.verdict.outcome for one in results.judged.values())
    style = (_HERE / "report.css").read_text(encoding="utf-8")
    return _ENVIRONMENT.get_template("report.html.j2").render(
        style=Markup(style),
        digest=base64.b64encode(hashlib.sha256(style.encode()).digest()).decode(),
        version=__version__,
        results=results,
        target=opened.target,
        document=opened.document_digest,
        word=word,
        said=said[:1].upper() + said[1:],
        counts=[(outcome, counts[outcome]) for outcome in Outcome if counts[outcome]],
        entrances=found,
        title=_title(found),
        bounds=bounds,
        heat=heat(results, columns, numbers, bounds.rows),
        claims={name: _claim(known[name]) for name in columns if name in known},
        fixes={name: part(known[name].page, "How to fix it") if name in known else [] for name in columns},
        remarks=remarks(results, opened),
        accepted=list(used(results)),
        untested=untested(results.judged.values()),
        most=ROWS,
        words=WORDS,
        accounts=_accounts(results, opened),
        held=Counter(one.verdict.confidence for one in results.judged.values() if one.verdict.outcome is Outcome.HELD),
    )


def _title(found: Sequence[Entrance]) -> str:
    """What the first table holds: what was refused, if badly, did not get in."""
    entered = all(one.door.advisory or one.door.outcome in (Outcome.BYPASSED, Outcome.LEAKED) for one in found)
    return "What got in" if entered else "What was found"


def _claim(family: Family) -> str:
    """What the family claims, without the name that stands before it."""
    name, _, rest = family.claim.partition(": ")
    return rest[:1].upper() + rest[1:] if name.lower() == family.name.replace("-", " ") else family.claim


def _accounts(results: Results, opened: Opened) -> list[Account]:
    """Every identity of the target file. The entitled one is proved by any good control."""
    roles = {identity.name: role for role, identity in results.plan.roles.items()}
    standings = {one.name: one for one in results.standings}
    good = any(one.evidence.before and one.evidence.before.good for one in results.judged.values())
    rows = []
    for one in (*opened.identities, *opened.sessions):
        role, standing = roles.get(one.name, ""), standings.get(one.name)
        if standing:
            proved, detail = standing.proved, standing.detail
        elif role == "admin" and good:
            proved, detail = "proved", "its own writes were answered and read back"
        elif one.state or not (one.key or one.cookies):
            proved, detail = "not tried", one.state or "it has no key"
        else:
            proved, detail = "unproved", "none of its requests could be shown to work"
        rows.append(Account(one.name, role, one.username or "", proved, detail))
    return rows


def _brief(value: object, most: int = NAME) -> str:
    """The beginning and the end of a text that is longer than that: names that differ do so at either."""
    text = str(value)
    return text if len(text) <= most else f"{text[: most * 2 // 3]}…{text[-most // 3 :]}"


def _inert(value: object) -> object:
    """What the template writes of a value: text in which every character prints. Markup is the template's own."""
    return value if isinstance(value, Markup) else safe(str(value), TEXT)


_ENVIRONMENT = Environment(
    loader=FileSystemLoader(_HERE),
    autoescape=True,
    finalize=_inert,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_ENVIRONMENT.filters.update(pieces=pieces, brief=_brief)
