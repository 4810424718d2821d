"""Privileged field: what only the privileged may set, nobody else sets by sending it along.

## Why it matters

Frameworks make it easy to store a body as it came. Then the field that makes an account an administrator, or a release
official, is one more line in a request that anybody may send: a registration with `"admin": true` in it. Harbor made
administrators that way (CVE-2019-16097), JupyterHub let those who may edit users edit their rights (CVE-2024-41942),
and GitHub was open to it in 2012.

## How the verdict is reached

The target file names the fields (`privileged_fields:`). The request is first sent without the field, by the same
account, or by a guest where guests may make such objects: it works, and is read back. Then the field goes along, with
each value that the document knows for it. BYPASSED is an object that holds the value afterwards, whatever the status.
A refusal is HELD, and so is an object that holds what one made without the field holds. That counts only if both
values were seen: the usual one on the caller's object, and the privileged one on an object that had it, or that the
entitled identity could make. Where no reader shows both, nothing can be told. Where an account may change itself, at
its own address or one such as `/me`, an account that the run makes tries it on itself; without one
(`identities: {fresh: {resource: NAME}}`) that is said not to be tested.

## How to fix it

Name the fields that a caller of this kind may write, in one place for each kind of caller. A list of what is forbidden
misses the next field.

Django REST Framework: two serializers, and `read_only_fields` in the one for everybody:

    class Meta:
        fields = ["username", "email", "is_staff"]
        read_only_fields = ["is_staff"]

tastypie stores whatever the resource has. Set `excludes`, or give the field back its old value:

    def hydrate_is_staff(self, bundle):
        if not bundle.request.user.is_superuser:
            bundle.obj.is_staff = False
        return bundle

FastAPI: a model of the body for each operation, without the field, and strict about what it does not know:

    class Registration(BaseModel, extra="forbid"):
        username: str
        password: SecretStr

Flask: pick fields by name; `User(**request.json)` and `setattr` in a loop are the hole:

    user = User(username=body["username"], password=hashed(body["password"]))

Give rights in an operation of its own, for the privileged only.

## References

- CWE-915 (attributes that were not meant to be set), CWE-269 (privilege management), CWE-863 (authorization done wrong)
- OWASP API Security Top 10 2023: API3; OWASP ASVS 5: 15.3.3; OWASP WSTG-INPV-20; CAPEC-77
- Harbor, CVE-2019-16097; JupyterHub, CVE-2024-41942
"""

from collections.abc import Iterator
from dataclasses import replace

from harness.family import WRITES_WITH_BODY, Control, Expect, Family, Forbid, Mutant, Severity

FAMILY = Family(
    severity=Severity.CRITICAL,
    cwe=(915, 269, 863),
    owasp="API3:2023",
    on=WRITES_WITH_BODY,
)


def _with_fields(control: Control, own: Mutant) -> Iterator[Mutant]:
    """The caller's own request with each privileged field, and each value that one may have."""
    for name, values in control.privileged_fields.items():
        for value in values:
            mutant = replace(own, expect=Expect.IGNORED, forbids=(Forbid("field-stored", name, value),))
            yield mutant.with_field(name, value).named(field=name, case=str(value).lower())


NO_FIELD = "no-field: no field is said to be privileged; name those under `resources.NAME.privileged_fields`"


@FAMILY.mutation(by="guest", on=frozenset({"POST"}), none=NO_FIELD)
def by_guest(control: Control) -> Iterator[Mutant]:
    """A guest sends it along, where guests may create."""
    yield from _with_fields(control, control.unsigned())


@FAMILY.mutation(needs=("low",), by="low", smoke="once", none=NO_FIELD)
def by_low(control: Control) -> Iterator[Mutant]:
    """An ordinary account sends it along."""
    yield from _with_fields(control, control.own())


@FAMILY.mutation(needs=("fresh",), by="fresh", on=frozenset({"PUT", "PATCH"}), itself=True, none=NO_FIELD)
def on_itself(control: Control) -> Iterator[Mutant]:
    """An account sends it along where it changes itself."""
    yield from _with_fields(control, control.own())
