"""Guest read: what is not public is not shown without a valid credential.

## Why it matters

Reads are where guards are forgotten, since nothing breaks when one is missing: the page looks right to everybody who
is logged in, and to everybody else, too. changedetection.io guarded its pages and not all of its API
(CVE-2024-23329); jupyter-lsp served files of its host without asking for the token (CVE-2024-22415). Such a read
often gives what the next request needs: names, tokens, addresses.

## How the verdict is reached

For each read that the target file does not call public, the entitled identity's answer is looked at first; then a
guest asks, and somebody with a real name and a key that is not quite its own. 401 or 403 is HELD. LEAKED is an answer
with the status, the type and the shape of the entitled identity's own, unless that is what it gets for an address
that does not exist, or is a refusal by the target's own words (`denied_when`). A finding is asked for twice.

An answer that is meant for everybody belongs under `public:`, and is then held against a guest's view.

## How to fix it

Shut every route, and open single ones by name; then a forgotten one is shut.

Django REST Framework:

    REST_FRAMEWORK = {"DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"]}

tastypie: `Authentication()` lets everybody in, and `ReadOnlyAuthorization()` lets them read. For what is not public:

    authentication = ApiKeyAuthentication()
    authorization = DjangoAuthorization()

In plain Django, guard pages and files beside the API, too (`LoginRequiredMiddleware` since 5.1).

FastAPI, on the router or the whole application:

    app = FastAPI(dependencies=[Depends(require_account)])

Flask, before any view, for every endpoint that is not on a list:

    @api.before_request
    def guard() -> None:
        if request.endpoint not in PUBLIC and account_of(request) is None:
            abort(401)

What lies outside the framework (static files, a WebSocket, a mounted application) is outside its guard as well.

## References

- CWE-306 (no authentication for a critical function), CWE-862 (no authorization)
- OWASP API Security Top 10 2023: API2, API5; OWASP ASVS 5: 8.2.1; OWASP WSTG-ATHZ-02
- changedetection.io, CVE-2024-23329; jupyter-lsp, CVE-2024-22415
"""

from collections.abc import Iterator
from dataclasses import replace

from harness.family import OPENED, READS, Bend, Control, Family, Mutant, Severity

FAMILY = Family(severity=Severity.HIGH, cwe=(306, 862), owasp="API2:2023", on=READS)


@FAMILY.mutation
def no_credential(control: Control) -> Iterator[Mutant]:
    """There is no credential at all."""
    yield replace(control.unsigned(), forbids=OPENED)


@FAMILY.mutation
def bent_key(control: Control) -> Iterator[Mutant]:
    """The real key with another last character."""
    yield replace(control.signed(key=control.own_key(Bend.LAST_CHANGED)), forbids=OPENED)
