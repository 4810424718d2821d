"""Low privilege read: a valid account is shown only what it was given to read.

## Why it matters

Reads are guarded with less care than writes: nothing breaks by them, and whoever has logged in passes for one of the
house. So the private key behind a certificate, the token in a project's settings or another organisation's draft is
answered to everybody who has an account, though the list that leads there is filtered well. Argo CD told the secrets of
a project's repositories to any token that might read the project (CVE-2025-55190); in authentik some views below an
object asked for no permission on it at all (CVE-2024-42490).

## How the verdict is reached

What an ordinary account may read is said in the target file: `may: ["GET /things"]`. Where such a word is there, every
other read that guests may not do either is asked with that account's valid credential, an object's read at one that the
entitled identity made; without it nothing is known of what the account may read, and nothing is asked. The entitled
identity's answer is looked at first, and the account is shown to be alive. 401, 403 and 404 are HELD. An answer like
the entitled identity's, in status, form and fields, and unlike what is answered to a path where nothing is, is LEAKED.

## How to fix it

Filter by the caller where objects are looked up, for one object as for the list, and for everything below it.

Django REST Framework: a view's `get_queryset` filters for its own actions alone; extra actions and views of their own
have to begin with it, or with `self.get_object()`, which asks for the permissions on the object.

    def get_queryset(self):
        return Certificate.objects.filter(owner=self.request.user)

tastypie: `read_list` and `read_detail` of the `Authorization` class; the default lets everybody read everything.

FastAPI: a dependency that fetches the object for the caller, or raises, used by each route below it.

    def own_thing(thing_id: int, caller: Annotated[User, Depends(current_user)]) -> Thing:
        return find(thing_id, owner=caller.id) or abort(404)

Flask: look it up through the caller, as in `caller.things.filter_by(id=thing_id).first_or_404()`.

## References

- CWE-862 (no authorization), CWE-639 (access by a key that the caller chooses), CWE-200 (exposure of information)
- OWASP API Security Top 10 2023: API1, API5; OWASP ASVS 5: 8.2.1, 8.2.2; OWASP WSTG-ATHZ-04
- Argo CD, CVE-2025-55190; authentik, CVE-2024-42490
"""

from collections.abc import Iterator
from dataclasses import replace

from harness.family import OPENED, READS, Control, Family, Mutant, Severity

FAMILY = Family(severity=Severity.HIGH, cwe=(862, 639, 200), owasp="API1:2023", on=READS, needs=("admin", "low"))


@FAMILY.mutation(none="policy: no `may` of an ordinary account says what it reads")
def own_credential(control: Control) -> Iterator[Mutant]:
    """An ordinary account asks for what its `may` does not name, with its own valid credential."""
    if any(one.startswith("GET ") for one in control.roles["low"].may):
        yield replace(control.as_role("low"), forbids=OPENED, also=frozenset({404}))
