"""Path normalisation: no other spelling of a path reaches the operation behind it without the same decision.

## Why it matters

A path can be written in many ways: with a slash too many, a dot segment, an escaped letter, a parameter behind a
semicolon, in capitals. Where one part of a system decides by the path who may pass, and another finds the operation by
it, the two have to read it alike. A proxy or a middleware that guards what begins with `/api/` lets `//api/` pass, and
the router behind it may take both for the same. In Astro (CVE-2025-66202) a path escaped twice passed every check that
a middleware made of it.

## How the verdict is reached

The entitled identity's request is shown to work. Then it is sent without a credential, its path spelled in one of
some twenty ways and everything else as it was, and the state is read back. An effect is BYPASSED whatever the status,
and so is what only the entitled are shown LEAKED.

A refusal says nothing where nobody is served. So the entitled identity reads the same path in the same spelling: only
where it is answered as at the plain path is a refusal HELD. Where it is redirected, refused or told that there is
nothing, no such spelling is served, which is right, too: NOT-APPLICABLE. Operations at whose path nothing can be read
are not asked.

What is put into a path stands in front of everything, behind everything, or in the first segment, so that a removal
reaches its own object or none.

## How to fix it

Decide behind the router, at the operation that was found, and not by the text of the path. Where a middleware or a
proxy must decide, let it refuse what is not protected by name, so that a path that it does not know is closed, and
let it refuse or redirect every path that is not in its normal form.

tastypie: `authentication` of the resource is asked behind the routing; a middleware or a `location` of the proxy that
guards `/api/` in its stead is not enough.

Django REST Framework: permissions of the view, or `DEFAULT_PERMISSION_CLASSES`, are asked wherever the view is reached:

    REST_FRAMEWORK = {"DEFAULT_PERMISSION_CLASSES": ["api.permissions.StaffOrReadOnly"]}

FastAPI: a dependency of the router stands behind the routing; a middleware that looks at `request.url.path`, or at the
raw path, stands before it.

    releases = APIRouter(prefix="/releases", dependencies=[Security(caller)])

Flask: ask for `request.endpoint` in `before_request`, and not for `request.path` or the raw address.

nginx: `merge_slashes` and the decoding of a `location` end where `proxy_pass` without a path sends the request on as
it came. Let what is behind decide again.

## References

- CWE-647 (decisions by a path that is not canonical), CWE-289 (an alternate name)
- CWE-180 (validated before it is made canonical)
- OWASP API Security Top 10 2023: API8; OWASP ASVS 5: 1.1.1, 8.3.1; OWASP WSTG-ATHN-04
- Astro, CVE-2025-66202
"""

from collections.abc import Iterator
from dataclasses import replace

from harness.family import OPENED, READS, WRITES, Control, Family, Mutant, Severity

FAMILY = Family(severity=Severity.CRITICAL, cwe=(647, 289, 180), owasp="API8:2023", on=WRITES | READS)
NOWHERE = "not-served"


def _spelled(control: Control, *names: str) -> Iterator[Mutant]:
    if control.readable:
        for name in names:
            mutant = control.spelled(name)
            yield mutant if control.operation.writes else replace(mutant, forbids=OPENED)


@FAMILY.mutation(none=NOWHERE)
def slashes(control: Control) -> Iterator[Mutant]:
    """One slash more, in front or inside, or at the end, where there is none."""
    # What breaks between two words cuts no id off.
    yield from _spelled(control, "two-slashes", *(["two-slashes-inside"] if control.begins_with_words() else []))
    yield from _spelled(control, "slash-behind")


@FAMILY.mutation(none=NOWHERE)
def dot_segments(control: Control) -> Iterator[Mutant]:
    """A segment that means nothing, or one and the way back, also with its dots escaped."""
    yield from _spelled(control, "dot", "escaped-dot", "up", "escaped-up", "up-with-semicolon")


@FAMILY.mutation(none=NOWHERE)
def parameters(control: Control) -> Iterator[Mutant]:
    """A parameter behind a semicolon, which some routers cut off."""
    yield from _spelled(control, "parameter", "parameter-behind", "style-sheet-behind")


@FAMILY.mutation(none=NOWHERE)
def escapes(control: Control) -> Iterator[Mutant]:
    """A letter that is escaped, once or twice, and a slash that is, or is written backward."""
    yield from _spelled(control, "escaped-letter", "letter-escaped-twice")
    if control.begins_with_words():
        yield from _spelled(control, "escaped-slash", "backslash")


@FAMILY.mutation(none=NOWHERE)
def letter_case(control: Control) -> Iterator[Mutant]:
    """The first segment in capitals."""
    yield from _spelled(control, "upper-case")


@FAMILY.mutation(none=NOWHERE)
def ends(control: Control) -> Iterator[Mutant]:
    """Something at the end that some routers cut off."""
    yield from _spelled(control, "dot-behind", "blank-behind", "line-break-behind", "json-behind")


@FAMILY.mutation(none=NOWHERE)
def whole_address(control: Control) -> Iterator[Mutant]:
    """The request line names scheme and host, too."""
    yield from _spelled(control, "absolute")
