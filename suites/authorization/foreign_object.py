"""Foreign object: what one account owns, another account can neither change nor delete.

## Why it matters

Where everybody may publish, the question is no longer *may you write* but *is this yours*. It has to be asked for each
object, on each route, and nothing breaks where it is not: the page works for its owner, and for everybody who counts
up the number in its address. Broken authorization of single objects has led OWASP's list for APIs since there is one.
RubyGems let anybody remove and replace certain gems of others (CVE-2022-29176).

## How the verdict is reached

Asked are resources of which the target file says that each object belongs to somebody (`owner:`). Its creator changes
it, or deletes it, and that is read back: so the object is there and the operation works. Then another living account
sends the same request with its own valid credential, for the object of the first. So it is with actions below an
object, and, where the target file says that a path names the owner (`owner_field: [path.package]`), with new objects at
the place of the first. 403, 401, or a 404 such as this account gets when it reads the object, is HELD where the object
is as it was before; reading is done as its owner. A change is BYPASSED, whatever the status. Where an account may not
make such objects at all, none of them is its own, and there is nothing to test.

## How to fix it

Fetch the object among those of the caller, instead of fetching it and then asking.

Django REST Framework; then an object of somebody else is a 404 on every method:

    def get_queryset(self):
        return Package.objects.filter(owner=self.request.user)

tastypie: override all methods of the authorization, those for lists as well; `update_detail` alone leaves deletion:

    def update_detail(self, object_list, bundle):
        return bundle.obj.owner_id == bundle.request.user.id

    delete_detail = update_detail

FastAPI: a dependency that answers the object, used by each route with its number in the path:

    def own_package(package_id: int, account: Account = Depends(require_account)) -> Package:
        package = packages.get(package_id)
        if package is None or package.owner_id != account.id:
            raise HTTPException(404)
        return package

Flask: the same as a function, and no other way to an object in any view:

    package = db.session.scalar(select(Package).filter_by(id=package_id, owner=current_user)) or abort(404)

## References

- CWE-639 (a key that the user controls), CWE-863 (authorization done wrong), CWE-284 (access control)
- OWASP API Security Top 10 2023: API1; OWASP ASVS 5: 8.2.2, 8.4.1; OWASP WSTG-ATHZ-04; CAPEC-77
- RubyGems, CVE-2022-29176; Harbor, CVE-2022-31667
"""

from collections.abc import Iterator
from dataclasses import replace

from harness.family import ANY_CHANGE, Control, Family, Forbid, Mutant, Severity

FAMILY = Family(
    severity=Severity.HIGH,
    cwe=(639, 863, 284),
    owasp="API1:2023",
    needs=("admin", "low"),
)


def _touched(control: Control, role: str) -> Iterator[Mutant]:
    """The request for an object of the control's maker, by somebody else."""
    if control.owned:
        yield replace(control.as_role(role), forbids=(ANY_CHANGE, Forbid("foreign-change")))


NO_OWNER = (
    "policy: nothing says whose it writes on; say `owner:` under `resources.NAME`, "
    "with `owner_field: [path.NAME]` for new ones"
)


@FAMILY.mutation(needs=("peer",), by="low", smoke="once", none=NO_OWNER)
def peer_on_low(control: Control) -> Iterator[Mutant]:
    """A second ordinary account touches what the first one owns."""
    yield from _touched(control, "peer")


@FAMILY.mutation(needs=("peer",), by="peer", none=NO_OWNER)
def low_on_peer(control: Control) -> Iterator[Mutant]:
    """The first ordinary account touches what the second one owns."""
    yield from _touched(control, "low")


@FAMILY.mutation(none=NO_OWNER, others=True)
def low_on_admin(control: Control) -> Iterator[Mutant]:
    """An ordinary account touches what a privileged one owns."""
    yield from _touched(control, "low")
