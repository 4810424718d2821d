"""Validation before auth: who may not write is told so before the body is looked at.

## Why it matters

A body that is parsed and checked before anybody asks who sent it lets strangers talk to the largest part of the code
behind an endpoint: parsers, validators, look-ups in the database. They are told the names of fields and what these may
hold, and with that whether the operation is there at all, which its refusals would not say. And a check that comes
behind something else is a check that a later change can leave out. It opens nothing by itself.

## How the verdict is reached

The entitled identity's request is shown to work, and a guest's is refused with 401 or 403. Then a guest sends the same
request with no body, and with one field of another type. A refusal as before is HELD, and so is a 400 or 422 that says
nothing of the fields, as parsers give it to what they cannot read. WEAK(advisory) is a 400, 409 or 422 that names the
field, where the refusal of a right body does not; it fails nothing. An effect is BYPASSED, as anywhere.

## How to fix it

Ask who calls, and whether they may, before the body is touched.

Django REST Framework does so: permissions are checked before `request.data` is read. Validate in the serializer, and
not in `dispatch` or a middleware.

tastypie asks for the authentication first and for the authorization last, behind `full_hydrate`; let the authentication
refuse guests who write:

    def is_authenticated(self, request, **kwargs):
        return request.method in {"GET", "HEAD"} or super().is_authenticated(request, **kwargs)

FastAPI resolves dependencies and body together, and answers 422 with both. A dependency of the router that raises comes
first only where the body is read later:

    @router.post("/files/", dependencies=[Depends(require_account)])
    async def create(request: Request) -> File:
        sent = FileInput.model_validate_json(await request.body())

Flask: `@app.before_request` runs before any view; ask there.

## References

- CWE-209 (information in error messages), CWE-287 (authentication done wrongly)
- OWASP API Security Top 10 2023: API8; OWASP ASVS 5: 8.3.1, 16.5.1; OWASP WSTG-ERRH-01
"""

from collections.abc import Iterator
from dataclasses import replace

from harness.family import WRITES_WITH_BODY, Control, Family, Mutant, Severity

FAMILY = Family(severity=Severity.LOW, cwe=(209, 287), owasp="API8:2023", on=WRITES_WITH_BODY)


def _fields(control: Control) -> list[str]:
    """The names of the body's fields that have to be there, or else of all that may be sent."""
    schema = control.operation.body_schema or {}
    needed = schema.get("required") or [
        name
        for name, one in schema.get("properties", {}).items()
        if not (isinstance(one, dict) and one.get("readOnly"))
    ]
    # A short one might be part of another word.
    return [name for name in needed if isinstance(name, str) and len(name) > 2]


@FAMILY.mutation(none="no-body")
def no_body(control: Control) -> Iterator[Mutant]:
    """A guest sends no body where one is asked for."""
    for name in _fields(control)[:1]:
        yield replace(control.unsigned(), bodiless=True, invalid=name).accepting(400, 411, 415, 422)


@FAMILY.mutation(none="no-body")
def other_type(control: Control) -> Iterator[Mutant]:
    """A guest sends an object in a field that holds none."""
    schema = control.operation.body_schema or {}
    plain = [name for name in _fields(control) if schema.get("properties", {}).get(name, {}).get("type") == "string"]
    for name in plain[:1]:
        wrong = control.unsigned().with_field(name, {"holdfast": []})
        yield replace(wrong, invalid=name).accepting(400, 422)
