"""Guest view: what guests read is only what is public, however they ask for it.

## Why it matters

A release that is being prepared is in the same table as those that are out, and a condition keeps it from view. Every
way to read the table has to have that condition: the list, the single object, a filter that asks for drafts by name,
a format that another class writes, a page size that another query serves. One without it announces a release before
its files are signed, or shows who works on an embargoed fix.

## How the verdict is reached

The entitled identity makes an object that guests may not see, as the target file says one is made, with an
unguessable marker in it. Then a guest reads: plainly, with filters that ask for unpublished objects, without and with
the largest page, behind the end of the list, in other formats, with all fields, relations and orders that may be
asked for. LEAKED is any answer that holds the marker. A refusal is HELD, and so is a view without it; 400, 404 or 406
are, where the query is one that the server need not know. Without such an object there is nothing to tell the views
apart by.

On a read that is not public, LEAKED is also an answer like the entitled identity's own.

## How to fix it

Put the condition where the rows come from, and not into a list view: then filters narrow what is public, and cannot
widen it.

Django REST Framework:

    def get_queryset(self):
        rows = Release.objects.all()
        return rows if self.request.user.is_staff else rows.filter(is_published=True)

tastypie: in the authorization, for lists and for single objects, since `queryset` in `Meta` is the same for everybody:

    def read_list(self, object_list, bundle):
        return object_list if bundle.request.user.is_staff else object_list.filter(is_published=True)

    def read_detail(self, object_list, bundle):
        return bundle.obj.is_published or bundle.request.user.is_staff

In `filtering` and `ordering`, and in `filterset_fields` of django-filter, name only fields that guests may read.
Related objects need the same condition: the files of a draft are drafts.

FastAPI and Flask: one function that answers the rows a caller may see, and no other query in any view:

    def visible(account: Account | None) -> Select[tuple[Release]]:
        rows = select(Release)
        return rows if account and account.is_staff else rows.where(Release.is_published)

Choose fields by a list of what is public, never by what the query asks for.

## References

- CWE-200 (exposure of sensitive information), CWE-862 (no authorization)
- OWASP API Security Top 10 2023: API1, API3; OWASP ASVS 5: 8.2.3, 15.3.1; OWASP WSTG-APIT-03
"""

from collections.abc import Iterator
from dataclasses import replace

from harness.family import OPENED, READS, Control, Expect, Family, Forbid, Mutant, Severity

FAMILY = Family(severity=Severity.MEDIUM, cwe=(200, 862), owasp="API3:2023", on=READS, public=True)

FAR = "1000000"
"""Further than any list that a run makes."""


def _asked(control: Control, **query: str) -> Iterator[Mutant]:
    """A guest's read with each of these in its query. It may rightly differ from the plain one, so that only the marker
    counts."""
    for name, value in query.items():
        mutant = control.unsigned().with_query(name, value).accepting(400, 404, 406)
        yield replace(mutant, expect=Expect.GUEST_VIEW, forbids=(Forbid("marker-read"),))


@FAMILY.mutation
def plain(control: Control) -> Iterator[Mutant]:
    """A guest reads, and asks for nothing special."""
    yield replace(control.unsigned(), expect=Expect.GUEST_VIEW, forbids=OPENED)


@FAMILY.mutation(parent="plain")
def unpublished_wanted(control: Control) -> Iterator[Mutant]:
    """A guest asks for what is not published."""
    for name, value in (("is_published", "false"), ("published", "0"), ("draft", "true")):
        yield from (one.named(case=name) for one in _asked(control, **{name: value}))


@FAMILY.mutation(parent="plain")
def no_limit(control: Control) -> Iterator[Mutant]:
    """A guest asks for a page without an end."""
    yield from _asked(control, limit="0")


@FAMILY.mutation(parent="plain")
def large_limit(control: Control) -> Iterator[Mutant]:
    """A guest asks for a page of a thousand."""
    yield from _asked(control, limit="1000")


@FAMILY.mutation(parent="plain")
def behind_the_end(control: Control) -> Iterator[Mutant]:
    """A guest asks for a page behind the end of the list."""
    yield from _asked(control, offset=FAR)


@FAMILY.mutation(parent="plain")
def other_format(control: Control) -> Iterator[Mutant]:
    """A guest asks for another format."""
    for word in ("xml", "yaml", "csv"):
        yield from (one.named(case=word) for one in _asked(control, format=word))


@FAMILY.mutation(parent="plain")
def everything_wanted(control: Control) -> Iterator[Mutant]:
    """A guest asks for every field or relation."""
    for name in ("fields", "expand", "include"):
        yield from (one.named(case=name) for one in _asked(control, **{name: "*"}))


@FAMILY.mutation(parent="plain")
def hidden_order(control: Control) -> Iterator[Mutant]:
    """A guest asks for an order by what it may not see."""
    yield from _asked(control, order_by="is_published")
