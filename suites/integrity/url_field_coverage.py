"""URL field coverage: every field that holds an address follows a rule, and not only the one that came to mind.

## Why it matters

A rule for addresses is written for the download, and the object has five more: a signature, a certificate, a bundle, a
bill of materials, release notes. A field that was added later, or that is a plain text to the framework, is not
checked because nobody listed it. One field without the rule is enough: a page that links to it, or a client that
follows it, does not ask which one it was. When python.org's rule came it named six fields, and a test in its repository
compares that list with the fields of the model.

## How the verdict is reached

The document says which fields hold addresses (`format: uri`), and so does the target file (`urls.fields`). For each of
them, and each operation that can write it, the entitled identity first stores a good address, which is read back; then
it sends the plainest address of another host, and the plain `http` twin of its own. 400 or 422 is HELD, if the good
address still passes afterwards; BYPASSED is an object that holds the other one. Other families try the same fields with
spellings that are harder to see through: this one is there to find the field that nobody looks after.

A field without any rule is told by name, as something that was not tested: give it one under `urls.fields`, or say
`rule: none` where any address is right.

## How to fix it

Let the list of checked fields be made from the model, so that a new field is checked until somebody exempts it:

    CHECKED = [one for one in ReleaseFile._meta.get_fields() if isinstance(one, URLField)]

Django: a field class of your own that brings the rule along, used everywhere:

    class OwnUrlField(models.URLField):
        default_validators = [*models.URLField.default_validators, own_url]

Django REST Framework maps `URLField` of the model to one of the serializer and keeps its validators; a field that is
declared by hand does not. tastypie checks nothing by itself: loop over the fields in `Validation.is_valid`.

FastAPI: one annotated type for all of them, `OwnUrl = Annotated[str, AfterValidator(own_url)]`. Flask: loop over the
names in one place.

A test that fails when the model has an address without a rule keeps it so.

## References

- CWE-20 (input validation), CWE-1173 (validation framework not used), CWE-601 (redirection to an untrusted site)
- OWASP ASVS 5: 2.2.1; OWASP API Security Top 10 2023: API10, for those who consume the data
- github.com/python/pythondotorg, pull requests 2947 and 3014
"""

from collections.abc import Iterator

from harness.family import WRITES_WITH_BODY, Control, Family, Mutant, Severity
from harness.urls import UrlRule, case, judge

FAMILY = Family(
    severity=Severity.MEDIUM,
    cwe=(20, 1173, 601),
    owasp="API10:2023",
    on=WRITES_WITH_BODY,
    url_fields=True,
    covers=True,
)

STAND_IN = "marker-goes-here"
"""Written where the slot of the marker comes: the corpus takes no braces in a path."""


def _stored(control: Control, name: str) -> Iterator[Mutant]:
    rule = control.rule
    if rule is None or not control.prefix:
        return
    found = case(name, UrlRule(allow=(control.prefix,)), f"holdfast/{STAND_IN}{rule.suffix or ''}")
    if found and judge(found.text, rule).outside:
        yield control.storing(found.text.replace(STAND_IN, "{marker}"))


@FAMILY.mutation
def other_host(control: Control) -> Iterator[Mutant]:
    """The field gets an address of another host."""
    yield from _stored(control, "other-host")


@FAMILY.mutation
def plain_http(control: Control) -> Iterator[Mutant]:
    """The field gets an address of the right host, with plain http."""
    yield from _stored(control, "http-twin")
