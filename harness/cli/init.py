"""`holdfast init`."""

import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from harness.cli.common import told
from harness.errors import UsageError

if TYPE_CHECKING:
    from harness.drafting import Answers, Need, Sketch

_WHO = {"admin": "an account that may do every write", "plain": "an ordinary account"}


@click.command(short_help="Draft a target file from an OpenAPI document.")
@click.argument("source", metavar="URL-OR-DOCUMENT")
@click.option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    default="holdfast.yaml",
    show_default=True,
    help="The file to write.",
)
@click.option("--force", is_flag=True, help="Write over a file that is there.")
@click.option("--base-url", metavar="URL", help="Where the API runs, if the document does not tell.")
@click.option("--name", metavar="TEXT", help="What to call the target (default: the document's title).")
@click.option("--environment", type=click.Choice(("local", "staging", "production")), help="What may be done there.")
@click.option("--admin-name", metavar="TEXT", help="User name of an account that may do every write.")
@click.option("--second-name", metavar="TEXT", help="User name of another such account.")
@click.option("--plain-name", metavar="TEXT", help="User name of an ordinary account.")
@click.option("--auth", "header", metavar="'HEADER: TEMPLATE'", help="How a credential rides, as 'X-Api-Key: {key}'.")
@click.option(
    "--allow-url", "allow", multiple=True, metavar="PREFIX", help="Where URL fields may point. May be repeated."
)
@click.option("--yes", "--no-input", "quiet", is_flag=True, help="Ask nothing; what is missing is said.")
@click.option("--check/--no-check", default=True, help="Try the file at once, if the keys are in the environment.")
@told
def init(
    source: str,
    out: Path,
    force: bool,
    base_url: str | None,
    name: str | None,
    environment: str | None,
    admin_name: str | None,
    second_name: str | None,
    plain_name: str | None,
    header: str | None,
    allow: Sequence[str],
    quiet: bool,
    check: bool,
) -> int:
    """Write a target file from an OpenAPI document: a file, its URL, or the URL of an API that serves one. Each guess
    is explained in a comment; what the document cannot tell is asked for, or named."""
    from harness.drafting import Answers, from_file, from_url, sketched, written
    from harness.drafting.finding import PROOF
    from harness.drafting.ways import ways_of

    if out.exists() and not force:
        raise UsageError(f"{out}: is there already; name another with --out, or write over it with --force")
    asking = not quiet and sys.stdin.isatty() and sys.stdout.isatty()
    proof = os.environ.get(PROOF)
    remote = source.lower().startswith(("http://", "https://"))
    found = from_url(source, base_url, proof) if remote else from_file(Path(source), out, base_url)
    if found.base_url is None:
        if not asking:
            raise UsageError(f"{source}: does not say that it is on this machine; say where it runs with --base-url")
        found = from_file(Path(source), out, _asked("Where does the API run, as http://127.0.0.1:8000?"))
    assert found.base_url is not None
    sketch = sketched(found, ways_of(found.data, found.base_url, header))
    usernames = {"admin": admin_name, "second": second_name, "plain": plain_name}
    answers = Answers(
        name=name,
        environment=environment or "staging",
        usernames={who: one for who, one in usernames.items() if one},
        allow=tuple(allow),
        proof=not found.base_url.is_loopback,
    )
    if asking:
        answers = _answered(sketch, answers, environment)
    text, needs = written(found, sketch, answers, os.environ)
    _valid(text, out)
    _write(out, text)
    return _next(out, needs, check)


def _asked(question: str, default: str | None = None) -> str:
    from rich.prompt import Prompt

    if default is None:
        return Prompt.ask(question)
    return Prompt.ask(question, default=default, show_default=default != "")


def _answered(sketch: "Sketch", answers: "Answers", environment: str | None) -> "Answers":
    """The answers with those that somebody types."""
    usernames = dict(answers.usernames)
    if any(way.named for way in sketch.ways[:1]):
        for who, what in _WHO.items():
            typed = usernames.get(who) or _asked(f"User name of {what} (empty: later)", "")
            usernames |= {who: typed} if typed else {}
    allow = answers.allow
    pointing = (*sketch.url_fields, *sketch.deep_fields)
    if pointing and not allow and not sketch.hosts:
        typed = _asked(f"Where may {', '.join(pointing)} point, as https://www.example.org/ (empty: later)", "")
        allow = tuple(typed.split())
    kind = environment or _asked(
        "May all that is on it be lost? `local` if so, else `staging`, or `production`", "staging"
    )
    if kind not in ("local", "staging", "production"):
        raise UsageError(f"{kind!r}: is none of local, staging and production")
    return replace(answers, usernames=usernames, allow=allow, environment=kind)


def _valid(text: str, out: Path) -> None:
    """Raises where the words of an option make no target file."""
    import re
    import tempfile

    from harness.config import load
    from harness.errors import ConfigError, Problem

    variables = dict.fromkeys(re.findall(r"\$\{(\w+)\}", text), "x" * 40)
    samples = {variable: f"{value}{number}" for number, (variable, value) in enumerate(variables.items())}
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, out.name)
        file.write_text(text)
        try:
            load(file, environment=samples)
        except ConfigError as error:
            problems = [Problem(one.where.replace(str(file), str(out)), one.what) for one in error.problems]
            raise ConfigError(problems) from None


def _write(out: Path, text: str) -> None:
    try:
        beside = out.with_name(f".{out.name}.new")
        beside.write_text(text)
        beside.replace(out)
    except OSError as error:
        raise UsageError(f"{out}: cannot be written: {error.strerror}; name another with --out") from None


def _next(out: Path, needs: "Sequence[Need]", check: bool) -> int:
    """Says what is missing, or tries the file."""
    from rich.console import Console

    console = Console(highlight=False, markup=False, soft_wrap=True)
    console.print(f"{out}: written")
    for need in needs:
        console.print(f"  to be filled in: {need.place}: {need.what}")
    missing = _unset(out, os.environ)
    if missing:
        console.print(f"  to be set in the environment: {', '.join(missing)}")
    if missing or needs or not check:
        console.print(f"then: holdfast check {out}")
        return 0
    return _checked(out)


def _unset(out: Path, environment: Mapping[str, str]) -> list[str]:
    import re

    lines = [line for line in out.read_text().splitlines() if not line.lstrip().startswith("#")]
    return [name for name in dict.fromkeys(re.findall(r"\$\{(\w+)\}", "\n".join(lines))) if not environment.get(name)]


def _checked(out: Path) -> int:
    """Tries the file as `check` does; only what a run costs is left to `plan`."""
    from rich.console import Console

    from harness.engine import open_target
    from harness.engine.planning.plan import Plan
    from harness.engine.planning.roles import roles_of
    from harness.engine.rehearsing.checking import check_target
    from harness.report.checks import show

    opened = open_target(out, os.environ)
    checks = check_target(opened, Plan((), roles_of(opened.identities)))
    show(checks, Console())
    return checks.exit_code
