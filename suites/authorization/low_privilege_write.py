"""Low-privilege write: a valid account without the right to write cannot create, change or delete.

## Why it matters

To know who calls is not to know what they may do. Accounts are often free to have (a forum login, a contributor's
token), so a write that asks only for *a* valid credential is open to nearly everybody. PyPI's second audit found one
view that served reading and writing under the permission to read: any member of an organisation could invite an owner
(TOB-PYPI26-8).

## How the verdict is reached

The entitled identity's request is shown to work, and the ordinary account is shown to be alive. Then the ordinary
account sends the same request with its own valid credential, alone or with a privileged name somewhere beside it. 403
or 401 with the state unchanged is HELD (tastypie answers 401 to a known caller without the right). An effect is
BYPASSED, whatever the status. Where the target file has two keys of one account, of which one may do less, such as a
key that only reads, that one is tried on what the account made with the other: a check of whose object it is does not
stand for a check of what the key is for. What the ordinary account legitimately does is named in the target file
(`may:`) and not asked.

## How to fix it

Write down the right for each operation, have no operation without one, and take the caller from the credential alone.

Django REST Framework:

    permission_classes = [IsAuthenticated, DjangoModelPermissions]  # or IsAdminUser, for staff only

tastypie: plain `Authorization()` lets every caller do everything to single objects, and change and delete many. Use
`DjangoAuthorization`, or override all of its methods; the one that is forgotten is the way in:

    def delete_detail(self, object_list, bundle):
        return bundle.request.user.is_staff

FastAPI: a dependency that answers the caller is not one that checks a right; name the right at the route.

    @router.post("/files/", dependencies=[Security(require, scopes=["files:write"])])

Flask: one check before the view, by endpoint, that refuses endpoints nobody listed.

    @api.before_request
    def right_needed() -> None:
        if not current_account().may(RIGHTS.get(request.endpoint)):
            abort(403)

Do not read `X-User`, a `username` parameter or a body field to find out who calls: that belongs to the credential.
What a middleware hands on in headers, it first takes out of the request as it came: OpenStack's keystonemiddleware left
a caller's own `X-Roles` where it was (CVE-2026-22797).

## References

- CWE-862, CWE-863 (authorization missing or wrong), CWE-269 (privilege management)
- OWASP API Security Top 10 2023: API5; OWASP WSTG-ATHZ-02, WSTG-ATHZ-03; OWASP ASVS 5: 8.2.1; CAPEC-122
- PyPI's second audit, 2026, TOB-PYPI26-8: github.com/pypi/warehouse, pull request 19610
- OpenStack keystonemiddleware, CVE-2026-22797
"""

from collections.abc import Iterator

from harness.family import WRITES_WITH_BODY, Control, Family, Mutant, Part, Severity

FAMILY = Family(severity=Severity.CRITICAL, cwe=(862, 863, 269), owasp="API5:2023", needs=("admin", "low"))


def _privileged_name(control: Control) -> Part:
    return Part(of=control.identity.name, kind="username")


def _parameter_is_data(control: Control) -> bool:
    """Whether `username` in the query selects objects here: a filter on an administrator's would be another request."""
    return control.is_data("query", "username")


def _field_is_data(control: Control) -> bool:
    """Whether `username` in the body is the object's own: no probe names an account that it might overwrite."""
    return control.is_data("json", "username")


@FAMILY.mutation(smoke="each")
def own_credential(control: Control) -> Iterator[Mutant]:
    """An ordinary account sends it with its own valid credential."""
    yield control.as_role("low")


@FAMILY.mutation(by="full", none="policy: no identity is a key of another's account that may do less")
def lesser_key(control: Control) -> Iterator[Mutant]:
    """A key that may do less is used on what its own account made with another one."""
    if "reader" in control.roles:
        yield control.as_role("reader")


@FAMILY.mutation(parent="own-credential", on=frozenset({"POST"}), none="no-field")
def names_privileged_object(control: Control) -> Iterator[Mutant]:
    """An ordinary account creates an object under the address of one that a privileged account made."""
    if control.address_field:
        yield control.as_role("low").with_field(control.address_field, "{other.uri}")


@FAMILY.mutation(parent="own-credential")
def privileged_name_in_query(control: Control) -> Iterator[Mutant]:
    """An ordinary account sends it with a privileged name in the query."""
    if control.username and not _parameter_is_data(control):
        yield control.as_role("low").with_query("username", _privileged_name(control))


@FAMILY.mutation(parent="own-credential", on=WRITES_WITH_BODY)
def privileged_name_in_body(control: Control) -> Iterator[Mutant]:
    """An ordinary account sends it with a privileged name in the body."""
    if control.username and not _field_is_data(control):
        yield control.as_role("low").with_field("username", control.username)


@FAMILY.mutation(parent="own-credential")
def privileged_name_in_header(control: Control) -> Iterator[Mutant]:
    """An ordinary account sends it with a privileged name in the header `X-User`, or in one that proxies set."""
    if control.username:
        yield control.as_role("low").with_header("X-User", _privileged_name(control))
        for header in ("X-Remote-User", "X-Forwarded-User"):
            named = control.as_role("low").with_header(header, _privileged_name(control))
            yield named.named(case=header.lower())


@FAMILY.mutation(parent="own-credential")
def privileged_role_in_header(control: Control) -> Iterator[Mutant]:
    """An ordinary account claims a role in a header by which a proxy or a middleware tells what a caller may do."""
    for header, value in (("X-Roles", "admin"), ("X-User-Role", "admin"), ("X-Is-Admin", "true")):
        yield control.as_role("low").with_header(header, value).named(case=header.lower())
