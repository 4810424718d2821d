"""Owner in body: a request that names another owner does not act in that owner's name.

## Why it matters

Whose an object is follows from who sent the request. Where a field says it instead, everybody publishes as anybody:
the object appears among those of somebody who never saw it, with that account's good name, or one that is there is
changed. A body that is stored as it came is all it takes, as in Harbor, where it made administrators
(CVE-2019-16097).

## How the verdict is reached

The target file says where a request names the owner (`owner: {owner_field: [body.owner]}`). An ordinary account makes
or changes an object of its own without a foreign name in it, and that works and is read back. A second account makes
an object, too: it shows what the field holds for another owner. Then the first account sends its request again with
the other's name in that place. HELD is a refusal, and a name that was left aside in an object of the caller's own.
BYPASSED is an object that belongs to the other afterwards, or one of the other's that changed. Where objects do not
show whose they are, nothing can be told.

## How to fix it

Take the owner from the credential when the object is made, and never from the body; leave the field out of what can
be written.

Django REST Framework:

    class Meta:
        read_only_fields = ["owner"]

    def perform_create(self, serializer):
        serializer.save(owner=self.request.user)

tastypie fills every field that the resource has, so take it away, or write over it:

    def hydrate_owner(self, bundle):
        bundle.obj.owner = bundle.request.user
        return bundle

FastAPI: the model of the body has no owner, and forbids what it does not have:

    class PackageIn(BaseModel, extra="forbid"):
        title: str

Flask: name the fields that are taken, instead of passing the body on:

    package = Package(title=body["title"], owner=current_user)

To hand an object over is an operation of its own, which both sides have to agree to.

## References

- CWE-639 (a key that the user controls), CWE-863 (authorization done wrong), CWE-915 (attributes that were not meant to
  be set)
- OWASP API Security Top 10 2023: API1, API3; OWASP ASVS 5: 8.2.2, 15.3.3; CAPEC-77
- Harbor, CVE-2019-16097
"""

from collections.abc import Iterator
from dataclasses import replace

from harness.family import WRITES_WITH_BODY, Control, Expect, Family, Forbid, Mutant, Severity

FAMILY = Family(
    severity=Severity.HIGH,
    cwe=(639, 863, 915),
    owasp="API1:2023",
    needs=("admin", "low"),
    on=WRITES_WITH_BODY,
)


def _naming(control: Control, role: str) -> Iterator[Mutant]:
    """The caller's own request with another account's name where the owner stands."""
    owner = control.roles[role].name
    for place in control.owner_places:
        kind, _, name = place.partition(".")
        forbids = (Forbid("foreign-change", name, owner=owner),)
        mutant = replace(control.own(), expect=Expect.IGNORED, forbids=forbids).named(field=name)
        if kind == "body":
            yield mutant.with_field(name, f"{{owner.{owner}.{name}}}")
        elif kind == "query" and control.roles[role].username:
            yield mutant.with_query(name, control.name_of(role)).named(via="query")


NO_FIELD = "no-field: nothing is said to name the owner; say what does under `resources.NAME.owner`"


@FAMILY.mutation(needs=("peer",), by="low", smoke="once", none=NO_FIELD)
def names_peer(control: Control) -> Iterator[Mutant]:
    """An ordinary account names another ordinary account as the owner."""
    yield from _naming(control, "peer")


@FAMILY.mutation(by="low", none=NO_FIELD)
def names_admin(control: Control) -> Iterator[Mutant]:
    """An ordinary account names a privileged account as the owner."""
    yield from _naming(control, "admin")
