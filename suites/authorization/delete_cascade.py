"""Delete cascade: removing one object removes no other that its sender may not remove.

## Why it matters

Databases take rows along with the row that they hang on. That is asked for where the rows are parts of it, and it asks
nobody: whoever may remove an empty release removes the files in it, too, those of others among them, although each
file's own endpoint says no. On a site that people download from, that is an outage made by one request, and a link
that a stranger may fill again. python.org's downloads go with their release and with their operating system.

## How the verdict is reached

For each removal of an object, the kinds of objects that hang on such ones are read from the document: those that name
one in a field. Whoever may do the removal removes an object on which nothing hangs, and that is read back.
Then one is made, one of another kind is hung on it, and the same request is sent. HELD is a refusal, as by a 409, and a
removal after which the other object is there still. Only objects that the run has made for it are removed.

For an ordinary account, which `may` remove the one and not the other, the other object's going is
BYPASSED(outside-scope). A privileged identity may remove both; that they go together is a policy, and is told once for
each kind as WEAK(advisory), which fails nothing.

## How to fix it

Refuse to remove what is not empty, or ask for the right to remove all that goes with it.

Django: `on_delete=models.PROTECT` makes the database refuse, and the view answers 409:

    release = models.ForeignKey(Release, on_delete=models.PROTECT)

Django REST Framework: catch `ProtectedError` in `perform_destroy`, or check there who may remove the children:

    def perform_destroy(self, instance):
        if instance.files.exclude(creator=self.request.user).exists():
            raise PermissionDenied("it holds files of others")
        instance.delete()

tastypie: do so in `obj_delete`, before `super()`.

FastAPI and Flask with SQLAlchemy: leave `cascade="all, delete"` out of the relationship, say `passive_deletes="all"`,
and `ondelete="RESTRICT"` on the column, and turn `IntegrityError` into a 409.

## References

- CWE-863 (authorization done wrong), CWE-862 (no authorization), CWE-639 (a key that the user controls)
- OWASP API Security Top 10 2023: API1, API5; OWASP ASVS 5: 8.2.1, 8.2.2
"""

from collections.abc import Iterator

from harness.family import Control, Family, Mutant, Outcome, Severity

FAMILY = Family(severity=Severity.MEDIUM, cwe=(863, 862, 639), owasp="API1:2023", on=frozenset({"DELETE"}))


@FAMILY.mutation(worst=Outcome.WEAK, advisory=True, none="no-field: no object is known to hang on this one")
def with_what_hangs_on_it(control: Control) -> Iterator[Mutant]:
    """The removal of one object takes along what hangs on it."""
    for kin in control.hanging:
        yield control.taking_along(kin)


@FAMILY.mutation(needs=("low",), by="low", none="no-field: nothing hangs on it that an ordinary account may not remove")
def with_what_low_may_not_remove(control: Control) -> Iterator[Mutant]:
    """An ordinary account's removal takes along what it may not remove."""
    for kin in control.hanging:
        if kin.closed:
            yield control.taking_along(kin)
