"""URL write paths: the rule for an address holds on every way to write it.

## Why it matters

A rule often lives in one place and the field can be written from several: a form checks it, a serializer for creating
does, a partial update does not, and a second version of the API never heard of it. Whoever may write at all looks for
the way without the check. A rule that was put into the handler of one operation has to be put into every new one, and
one day it is not.

## How the verdict is reached

Each operation of the document that can write the field is a way of its own, whichever version it belongs to: other
families try them all with a full body. This one sends what is shorter. The entitled identity changes an object with a
good address, which is read back; then it sends a partial change that holds nothing but the field, with an address of
another host or plain `http`. 400 or 422 is HELD, if the full change still passes afterwards; BYPASSED is an object that
holds the address when it is read back.

## How to fix it

Put the rule where everything that is written passes by: the model, or better the database.

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(url__startswith="https://www.example.org/"), name="own_url")]

Django: `save()`, `update()` and `bulk_create()` call no validators; a constraint needs no call. A violated constraint
is a 500 until somebody turns `IntegrityError` into a 400, so keep the validator in front of it.

Django REST Framework: validators of a field run for partial updates, too, but `validate` sees only what was sent; merge
with `self.instance`. tastypie: `PATCH` on a list, nested objects and `obj_create` all end in `save`, whose
`is_valid` asks the resource's `Validation`; handlers of your own that call the model do not.

FastAPI: a model for the partial body that inherits the annotated types of the full one. Flask: one function that both
handlers call.

## References

- CWE-20 (input validation), CWE-1173 (validation framework not used), CWE-601 (redirection to an untrusted site)
- OWASP ASVS 5: 2.2.1; OWASP API Security Top 10 2023: API10, for those who consume the data
- github.com/python/pythondotorg, pull request 3014
"""

from collections.abc import Iterator
from dataclasses import replace

from harness.family import Control, Family, Mutant, Severity
from harness.urls import UrlRule, case, judge

FAMILY = Family(
    severity=Severity.HIGH, cwe=(20, 1173, 601), owasp="API10:2023", on=frozenset({"PATCH"}), url_fields=True
)

STAND_IN = "marker-goes-here"
"""Written where the slot of the marker comes: the corpus takes no braces in a path."""


@FAMILY.mutation
def field_alone(control: Control) -> Iterator[Mutant]:
    """A partial change holds nothing but the field."""
    rule = control.rule
    if rule is None or not control.prefix:
        return
    for name in ("other-host", "http-twin"):
        found = case(name, UrlRule(allow=(control.prefix,)), f"holdfast/{STAND_IN}{rule.suffix or ''}")
        if found and judge(found.text, rule).outside:
            text = found.text.replace(STAND_IN, "{marker}")
            yield replace(control.storing(text), alone=True).named(case=name)
