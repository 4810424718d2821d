"""Content type switch: who may write does not depend on the form in which the body is sent.

## Why it matters

What reads a body and what asks who calls are often two parts that meet in one place only: where the body is JSON. A
form goes to another parser, to another middleware, or to an older function that trusted its page to have asked. A body
that calls itself plain text, or nothing at all, passes by what looks for a media type. On python.org's API a form with
a privileged name and any key wrote nothing, but for a wrong reason: it was let in, and the server fell over the form.

## How the verdict is reached

The entitled identity's request is shown to work as the document has it. Then it is sent with its body as a form, as a
form in parts, as JSON that calls itself plain text, nothing, a merge patch or JSON:API, and as JSON with a charset:
without a credential, and with a privileged name and an arbitrary key. An effect is BYPASSED, whatever the status; an
answer of 500 or more is CRASHED where it comes again and the entitled identity's request still works.

401 or 403, as a guest is refused who sends the body as the document has it, is HELD. Any other refusal may be one of
the form alone, so the entitled identity then sends the same: where that is refused as well, nobody is served in this
form, and there is nothing to test: NOT-APPLICABLE(not-served). Where it is let in and the others get a 400 or 415,
something answered before the decision: INCONCLUSIVE.

## How to fix it

Ask who calls in front of the parser, and take one media type:

tastypie: `serializer = Serializer(formats=["json"])`, and `authentication` on every resource; it is asked before the
body is read.

Django REST Framework: permissions are asked before `request.data` is; leave the parsers out that nobody needs.

    REST_FRAMEWORK = {"DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"]}

FastAPI: a dependency that says who calls, on the router, and none that reads `await request.form()` by itself where the
type is another.

Flask: `before_request` for who calls; `request.get_json()` without `force=True` refuses what does not call itself JSON,
and `request.values` takes whatever comes.

## References

- CWE-436 (conflicting interpretation), CWE-288 (an alternate path), CWE-352 (cross-site request forgery)
- OWASP API Security Top 10 2023: API8; OWASP ASVS 5: 1.5.3, 3.5.2
"""

from collections.abc import Iterator
from dataclasses import replace

from harness.family import WRITES_WITH_BODY, Control, Family, Mutant, Severity

FAMILY = Family(severity=Severity.HIGH, cwe=(436, 288, 352), owasp="API8:2023", on=WRITES_WITH_BODY)
NO_BODY = "no-body"
FORMS = {
    "form": "form",
    "multipart": "multipart",
    "plain-text": "text",
    "no-type": "untyped",
    "merge-patch": "application/merge-patch+json",
    "json-api": "application/vnd.api+json",
    "charset": "application/json; charset=utf-8",
}
"""How a body is written, by the name of the case."""


def _in_other_forms(control: Control, caller: Mutant) -> Iterator[Mutant]:
    operation = control.operation
    for case, encoding in FORMS.items() if control.has_body() else ():
        if encoding != operation.media_type and not (operation.in_a_form and case == "form"):
            yield replace(caller.encoded(encoding), likewise=True).named(case=case)


@FAMILY.mutation(none=NO_BODY)
def guest(control: Control) -> Iterator[Mutant]:
    """The body is in another form, with no credential."""
    yield from _in_other_forms(control, control.unsigned())


@FAMILY.mutation(none=NO_BODY)
def arbitrary_key(control: Control) -> Iterator[Mutant]:
    """The body is in another form, with a key that is an arbitrary word."""
    yield from _in_other_forms(control, control.signed(key="anything_here"))
