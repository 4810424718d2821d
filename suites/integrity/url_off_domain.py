"""URL off domain: every URL field refuses an address outside its allow-list, however it is spelled.

## Why it matters

A release API says where the downloads are, and where the signature is that proves them. Who can store one address of
their own there serves their own file to everybody who trusts the page, and the signature to go with it. Such fields
hold when the credential does not: after its authentication hole python.org let the database itself refuse addresses
that are not its own, and later both the API and the model. Most checks of a URL fail on spelling: what one parser
takes for the host, the browser takes for a user name or a part of the path.

## How the verdict is reached

The entitled identity stores a good address in the field, which is read back. Then it sends the same request with one
of twelve addresses that usual validators disagree on: the plain foreign host, the allowed host inside a foreign name,
the allowed host as a user name, backslashes, a missing slash, a tab, a line break, the `http` twin. The field's rule
in the target file decides which of them are outside. 400 or 422 is HELD, if the good address still passes afterwards.
After a 2xx the stored value is read and judged by several URL readers; if one of them leaves the allow-list, it is
BYPASSED. A value that was dropped or repaired is no finding. For a field that continues another (`suffix_of`), the
suffix is kept, so that only the place is wrong.

## How to fix it

Accept a list of whole prefixes, scheme and final slash included; refuse what has blanks, control characters,
backslashes or user information; store the very text that was checked. Put the rule into the model, so that no way of
writing skips it.

    def own_url(value: str) -> None:
        if not value.startswith("https://www.example.org/") or re.search(r"[^!-~]|\\\\", value):
            raise ValidationError("not an address of ours")

Django, with REST Framework or tastypie: as `validators=[own_url]` of the model field, called by `full_clean()`, and
once more as a constraint, which updates in bulk cannot pass by. `URLValidator` alone asks only whether it is *some*
URL:

    models.CheckConstraint(condition=Q(url__startswith="https://www.example.org/"), name="own_url")

FastAPI: pydantic's `HttpUrl` takes any host, and rewrites what it takes. Check the text itself:

    OwnUrl = Annotated[str, AfterValidator(own_url)]  # here it raises ValueError

Flask: call the same function for every field in create *and* update, and answer 422.

Never: `"example.org" in url`, `netloc.endswith(...)`, a prefix without its final slash, a pattern with `$` or an
unescaped dot.

## References

- CWE-601 (redirection to an untrusted site), CWE-20, CWE-183, CWE-184, CWE-697 (validation and comparison), CWE-494
  (download without integrity check)
- OWASP ASVS 5: 1.5.3, 2.2.1; CAPEC-154, CAPEC-186; OWASP API Security Top 10 2023: API10, for those who consume the
  data
- PSF advisory of 2026-06-23 on python.org's release API; github.com/python/pythondotorg, pull requests 2947 and 3014
"""

from collections.abc import Iterator

from harness.family import WRITES_WITH_BODY, Control, Family, Mutant, Severity
from harness.urls import further, judge, smoke

FAMILY = Family(
    severity=Severity.HIGH,
    cwe=(601, 20, 183, 184, 697, 494),
    owasp="API10:2023",
    on=WRITES_WITH_BODY,
    url_fields=True,
)

STAND_IN = "marker-goes-here"
"""Written where the slot of the marker comes: the corpus takes no braces in a path."""


@FAMILY.mutation(smoke="once")
def other_place(control: Control) -> Iterator[Mutant]:
    """The field gets an address outside its allow-list, in a spelling that validators disagree on."""
    rule = control.rule
    prefix = next((one for one in rule.allow if one.partition("://")[2]), None) if rule else None
    if rule is None or prefix is None:
        return
    first = smoke(prefix, f"holdfast/{STAND_IN}")
    for case in (*first, *further(prefix, f"holdfast/{STAND_IN}")):
        text = case.text + (rule.suffix or "")
        if judge(text, rule).outside:
            mutant = control.storing(text.replace(STAND_IN, "{marker}")).named(case=case.name)
            yield mutant.in_smoke() if case in first else mutant
