"""Nested object: what stands inside the body of a write changes or makes no object that its sender may not write.

## Why it matters

A file names its release. Many serializers take an object there as well as an address, and save what they are given:
the release is renamed, published, or made anew by a request about a file. Whoever may add files may then write
releases, although every endpoint for those says no; and a method that was closed is open still, by another door.
tastypie saves related objects by default, and python.org's first API does so: an object in the field `release` of a new
file changes that release, for which it has neither PUT nor PATCH.

## How the verdict is reached

The body's fields that name or hold objects of another kind are read from the document. One such object is set out for
each mutant, made by the privileged identity. Whoever may do the write does it plainly first, and that is read back.
Then the same request is sent with an object in the field: one that says which one it is and changes a text of it, or
one that would be new. What is nested bears a marker of its own. HELD is a refusal, and a success after which the
object that was set out, the list that it is in, and all of its kind are as they were, while the request's own object
is there. BYPASSED is that marker on the object that was set out, or on a new one: an ordinary account, which `may` do
this write and not that one, has done both.

A privileged identity may change such an object in any case, but where the document closes PUT and PATCH, a nested one
goes round that. It is told as WEAK(advisory), and fails nothing.

## How to fix it

Take an address or a number in the field and nothing else, and look the object up with what the caller may see.

Django REST Framework: `serializers.PrimaryKeyRelatedField(queryset=...)` or `HyperlinkedRelatedField` refuse an object.
In a nested serializer say `read_only=True`; who writes `create()` for a nested one has to ask for permission there.

tastypie saves what it finds, so refuse what is no address before it does:

    def hydrate_release(self, bundle):
        if not isinstance(bundle.data.get("release"), str):
            raise BadRequest("release: give its address")
        return bundle

FastAPI: let the model say `release_id: int`, and never `release: Release`; give a nested model no `id`.

Flask: `db.session.merge(Release(**body["release"]))` writes over the row of that id; `db.session.get` does not.

## References

- CWE-863 (authorization done wrong), CWE-915 (attributes that were not meant to be set), CWE-650 (trust in the method)
- OWASP API Security Top 10 2023: API1, API3, API5; OWASP ASVS 5: 8.2.1, 8.2.2, 15.3.3
"""

from collections.abc import Iterator

from harness.family import WRITES_WITH_BODY, Control, Family, Kin, Mutant, Outcome, Severity

FAMILY = Family(severity=Severity.HIGH, cwe=(863, 915, 650), owasp="API3:2023", on=WRITES_WITH_BODY)


def _changing(control: Control, kin: Kin) -> Iterator[Mutant]:
    """An object that is there stands in the field, by each way to say which one it is, with a text changed."""
    for name, slot in kin.keys.items():
        yield control.nesting(kin, {name: slot, kin.marker: "{kin.marker}"}).named(case=f"by-{name.replace('_', '-')}")


@FAMILY.mutation(
    worst=Outcome.WEAK, advisory=True, none="no-field: its body holds no object whose own endpoint takes no changes"
)
def changed_though_closed(control: Control) -> Iterator[Mutant]:
    """A nested object changes one whose own endpoint takes no changes."""
    for kin in control.kin:
        if kin.closed:
            yield from _changing(control, kin)


@FAMILY.mutation(
    needs=("low",), by="low", none="no-field: its body holds no object that an ordinary account may not change"
)
def changed_by_low(control: Control) -> Iterator[Mutant]:
    """A nested object changes one that an ordinary account may not change."""
    for kin in control.kin:
        if kin.closed:
            yield from _changing(control, kin)


@FAMILY.mutation(
    needs=("low",), by="low", none="no-field: its body holds no object that an ordinary account may not make"
)
def made_by_low(control: Control) -> Iterator[Mutant]:
    """A nested object makes one that an ordinary account may not make."""
    for kin in control.kin:
        if kin.shut:
            yield control.nesting(kin, "{kin.body}")
