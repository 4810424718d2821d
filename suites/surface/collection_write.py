"""Collection write: a whole list is not replaced, changed or emptied by anybody who may not do so.

## Why it matters

Some frameworks serve every method on a list as they do on an object: a PUT replaces all that is in it by what was sent,
a PATCH writes several objects at once, a DELETE empties it. Hardly anybody means to offer that, few documents mention
it, and few tests ask for it. On python.org's API before its fixes, one PUT of an empty list with a privileged name and
any key removed every file of every release, and so did one DELETE. What is right for one object was there, and was
asked about the list as well; the hole in it was then as large as the table.

## How the verdict is reached

The entitled identity makes an object on the list, which is read back, and one more afterwards. In between a PATCH goes
to the list with one new object of ours in it, and one that names an object of ours and changes it: from a guest, with a
privileged name and an arbitrary key, from an ordinary account, with a session's cookie in the place of a key, and from
an account that was switched off. 401, 403, and a method that is not served (405, 501) are HELD with the list unchanged;
an object that is there, or changed, is BYPASSED, whatever the status.

A PUT of an empty list and a DELETE of the list reach all that is in it where a server is wrong. They are sent last,
from the first three of these alone, never with what is a privileged account's own, and only to a target that can be
thrown away: a local one on this machine, or one that says `disposable: true`, with `--allow-bulk` and `--snapshot ID`
on the command line. Anywhere else they are NOT-APPLICABLE(needs-disposable). There an object of ours in the list tells,
and how many others went with it.

## How to fix it

Serve on a list what is documented there, and nothing else.

tastypie serves five methods on lists unless told:

    class Meta:
        list_allowed_methods = ["get", "post"]
        detail_allowed_methods = ["get", "delete"]

Django REST Framework's routers map no PUT, PATCH or DELETE to a list; an `@action` or a bulk mixin does. Give each of
those permissions of its own, and a bound on what it takes:

    @action(detail=False, methods=["delete"], permission_classes=[IsAdminUser])

FastAPI and Flask serve what a route names. `methods=["GET", "POST", "PUT", "DELETE"]` on one function for list and
object alike is the hole.

Where bulk writes are wanted, ask for the objects by name, and refuse a request that names none.

## References

- CWE-862 (missing authorization), CWE-650 (trust in the method), CWE-306 (missing authentication)
- OWASP API Security Top 10 2023: API5; OWASP ASVS 5: 4.1.4, 8.2.1
- github.com/python/pythondotorg, pull request 3015
"""

from collections.abc import Iterator
from dataclasses import replace

from harness.family import Control, Family, Mutant, Severity

FAMILY = Family(
    severity=Severity.CRITICAL,
    cwe=(862, 650, 306),
    owasp="API5:2023",
    on=frozenset({"POST", "PUT", "PATCH", "DELETE"}),
    lists=True,
)


def _on_the_list(control: Control, caller: Mutant) -> Iterator[Mutant]:
    """The methods of whole lists, with what bounds them where anything does."""
    for method in control.methods:
        sent = caller.by_method(method).accepting(400, 405, 415, 422, 501).named(via=method.lower())
        if method == "PATCH":
            yield from _patched(control, sent)
        elif method == "PUT":
            for name in control.envelopes:
                empty = replace(sent.in_list(name, holds_it=False), unbounded=True)
                yield empty.named(case=f"empty-{name or 'list'}")
        else:
            yield replace(sent, bodiless=True, unbounded=True).named(case="all")


def _patched(control: Control, sent: Mutant) -> Iterator[Mutant]:
    for name in control.envelopes:
        yield sent.in_list(name).named(case=f"new-in-{name or 'list'}").in_smoke()
        if control.marker_field and control.address_field:
            own = ((control.address_field, "{other.uri}"), (control.marker_field, "{marker}"))
            yield replace(sent.in_list(name), fields=own, alone=True).named(case=f"named-in-{name or 'list'}")


def _bounded(control: Control, caller: Mutant) -> Iterator[Mutant]:
    """Those that reach no more than what the run has made."""
    yield from (one for one in _on_the_list(control, caller) if not one.unbounded)


@FAMILY.mutation
def guest(control: Control) -> Iterator[Mutant]:
    """The whole list is written to with no credential."""
    yield from _on_the_list(control, control.unsigned())


@FAMILY.mutation(smoke="once")
def arbitrary_key(control: Control) -> Iterator[Mutant]:
    """The whole list is written to with a key that is an arbitrary word."""
    yield from _on_the_list(control, control.signed(key="anything_here"))


@FAMILY.mutation(needs=("low",))
def low_privilege(control: Control) -> Iterator[Mutant]:
    """The whole list is written to with an ordinary account's valid credential."""
    yield from _on_the_list(control, control.as_role("low"))


@FAMILY.mutation(needs=("session",))
def session(control: Control) -> Iterator[Mutant]:
    """Objects on the list are written with a session's cookie and no key."""
    if control.channel.place != "cookie":
        yield from _bounded(control, control.as_role("session"))


@FAMILY.mutation(needs=("inactive",))
def inactive_account(control: Control) -> Iterator[Mutant]:
    """Objects on the list are written by an account that was switched off."""
    dead = control.roles["inactive"]
    if dead.key and not control.channels.get(dead.auth, control.channel).login:
        yield from _bounded(control, control.as_role("inactive"))
