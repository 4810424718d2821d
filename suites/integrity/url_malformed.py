"""URL malformed: what is no URL is refused cleanly, neither stored nor answered with a crash.

## Why it matters

A field of addresses is read by programs that trust it: a page puts it between quotes, a redirect into a header line, a
mirror into a shell. What is no address breaks out of there. A line break that was stored becomes a second header or a
second line of a log, a quotation mark ends an attribute, and an object where a text was expected ends a request in a
500 for everybody who reads the list. A check of the beginning alone sees none of it: it is what comes behind that is
wrong.

## How the verdict is reached

The entitled identity stores a good address in the field, which is read back. Then come values of other JSON types,
addresses in quotes, angle brackets, Markdown or HTML, addresses with blanks, line breaks, a NUL or half a surrogate in
them, and one of five thousand characters. 400 or 422 is HELD, if the good address still passes afterwards, and so is a
value that is not there when the object is read back, or was put right. A 5xx is CRASHED if it comes again. BYPASSED is
an object that holds what is no address. Stray characters behind an address that is right are WEAK. Sheer length is told
where it is stored, and fails nothing: nobody said how long an address may be; and so is markup behind an address, which
Django's own `URLField` takes: whoever shows one escapes it. A 500 to half a surrogate is taken for a refusal, for
FastAPI itself stumbles over that when it tells what was wrong.

## How to fix it

Ask for a text first, then for its length, then for its characters, then for its place; answer 400 or 422 for each.

    def well_formed(value: object) -> str:
        if not isinstance(value, str) or len(value) > 200 or re.search(r"[^!-~]|[\\"<>\\\\^`{|}]", value):
            raise ValidationError("not an address")
        return value

Django: `URLField` checks by itself, but only where somebody calls `full_clean()`; `save()` does not. What is too long
for the column is otherwise refused by the database, with a 500. End a pattern with `\\Z`, for `$` allows a line break.

tastypie turns whatever it gets into a text and hands it to the database: give the resource a `Validation` whose
`is_valid` calls the model's `full_clean`, and turns its errors into a 400.

Django REST Framework's `URLField` and FastAPI's `AnyUrl` strip blanks or rewrite the text; store what was checked.

Flask: `request.get_json()` may give any type; check before the first method of `str` is called on it.

## References

- CWE-20 (input validation), CWE-1286 (syntax), CWE-248 (uncaught exception), CWE-93 (line breaks that are not
  neutralised)
- OWASP ASVS 5: 1.1.1, 2.2.1; OWASP API Security Top 10 2023: API10, for those who consume the data
"""

from collections.abc import Iterator

from harness.family import WRITES_WITH_BODY, Control, Family, Mutant, Outcome, Severity
from harness.model import Json
from harness.urls import judge

FAMILY = Family(
    severity=Severity.MEDIUM, cwe=(20, 1286, 248, 93), owasp="API10:2023", on=WRITES_WITH_BODY, url_fields=True
)

LENGTH = 5000


def _cases(control: Control, values: dict[str, Json]) -> Iterator[Mutant]:
    """Those that break the field's rule, whatever it is."""
    for case, value in values.items():
        if control.rule and judge(value, control.rule).outside:
            yield control.storing(value).named(case=case)


@FAMILY.mutation
def other_type(control: Control) -> Iterator[Mutant]:
    """The value is no text."""
    # Addresses are often unique: a value that was stored once would be refused, or crash, for that.
    yield from _cases(control, {"number": "{unique_number}", "list": [control.good], "object": {"url": control.good}})


@FAMILY.mutation
def wrapped(control: Control) -> Iterator[Mutant]:
    """The address is part of another text."""
    good = control.good
    yield from _cases(
        control,
        {
            "angle-brackets": f"<{good}>",
            "quoted": f'"{good}"',
            "markdown": f"[x]({good})",
            "text-before": f"see {good}",
            "assignment-before": f"url={good}",
        },
    )


@FAMILY.mutation(worst=Outcome.WEAK)
def stray_characters(control: Control) -> Iterator[Mutant]:
    """The address holds characters that no address may hold."""
    good = control.good
    yield from _cases(
        control,
        {
            "line-behind": f"{good}\n",
            "lines-behind": f"{good}\r\nX-Probe: 1",
            "tab-behind": f"{good}\t",
            "space-inside": f"{good} x",
            "nul-behind": f"{good}\x00",
        },
    )


@FAMILY.mutation(worst=Outcome.WEAK, advisory=True)
def framework_characters(control: Control) -> Iterator[Mutant]:
    """The address holds characters that widespread frameworks themselves let through, or stumble over."""
    good = control.good
    yield from _cases(control, {"html-behind": f'{good}"><svg/onload=alert(1)>'})
    yield from (one.accepting(500) for one in _cases(control, {"half-surrogate": f"{good}\ud800"}))


@FAMILY.mutation(worst=Outcome.WEAK, advisory=True)
def overlong(control: Control) -> Iterator[Mutant]:
    """The address has five thousand characters."""
    suffix = (control.rule.suffix if control.rule else None) or ""
    yield from _cases(control, {"path": control.good.removesuffix(suffix) + "a" * LENGTH + suffix})
