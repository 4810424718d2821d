"""Bulk delete scope: what removes the objects of one thing removes those of no other, however its name is written.

## Why it matters

An operation that removes all files of a release takes the release from its query. Filters are made to be left out: a
blank one narrows nothing, one that is misspelt is ignored, and of two the last counts. On a list that is read nobody
minds. On a list that is removed, `?release=` means everything. python.org's second API had just that until pull request
3016: one request with an empty value removed every file of every release, and a script that lost a variable would have
been enough.

## How the verdict is reached

The target file says which operation it is and what its query names (`operations.scoped`). Two objects are set out where
the query will point, one beside, and one apart, each below a release of its own. The entitled identity removes by the
plain request what was made for that, and it is seen to be gone. Then it sends the request with a second filter, with a
filter that does not exist, and with the name given twice. What the query names may go; anything else that goes is
BYPASSED(outside-scope). Where another filter narrowed the query to one object and its sibling went as well, it is
WEAK(beyond-filter). 400, 404, 405 and 422 are HELD, if the plain request still works afterwards, and so is an answer of
success with nothing gone but what was named.

A blank name, none at all, and spellings that a server may take for one of these reach everything on a server that is
wrong. They are sent last, and only to a target that can be thrown away: a local one on this machine, or one that says
`disposable: true`, with `--allow-bulk` and `--snapshot ID` on the command line. A blank name beside a filter that was
seen to be heeded is bounded by that one, and sent anywhere: it shows the same hole on an object of ours.

## How to fix it

Take the scope apart from the filters, insist on it, and refuse whatever else is in the query:

    def scope(query: QueryDict) -> int:
        if set(query) != {"release"} or len(query.getlist("release")) != 1:
            raise ValidationError("exactly one release")
        return int(query["release"])

Better, put it into the path: `DELETE /releases/7/files/` cannot be blank.

Django REST Framework: do not hand `self.filter_queryset(...)` to `delete()`; django-filter leaves out what is blank.
Look the parent up with `get_object_or_404`, and delete through it: `release.files.all().delete()`.

tastypie: `obj_delete_list` removes what `build_filters` gives, and that ignores names that it does not know. Check in
`delete_list` first, or leave `delete` out of `list_allowed_methods`.

FastAPI: `release: Annotated[int, Query()]`, without a default, refuses a blank one; forbid others with a model whose
`extra` is `"forbid"`. Flask: `request.args["release"]`, not `request.args.get("release")`.

## References

- CWE-20 (input validation), CWE-863 (authorization done wrong), CWE-639 (a key that the user controls)
- OWASP API Security Top 10 2023: API1, API3; OWASP ASVS 5: 2.2.1, 15.3.7
- github.com/python/pythondotorg, pull requests 3015 and 3016
"""

from collections.abc import Iterator
from dataclasses import replace

from harness.family import ANY_CHANGE, WRITES, Control, Family, Mutant, Severity

FAMILY = Family(severity=Severity.HIGH, cwe=(20, 863, 639), owasp="API1:2023", on=WRITES, scopes=True)

NO_FILTER = "no-such-filter"


@FAMILY.mutation
def plain(control: Control) -> Iterator[Mutant]:
    """The query is just as it is meant."""
    yield control.reaching(f"{control.scope}={{scope}}", "scope", unbounded=False)


@FAMILY.mutation(none="no-field")
def other_filter(control: Control) -> Iterator[Mutant]:
    """Another filter narrows the query to one object."""
    if control.filter:
        query = f"{control.scope}={{scope}}&{control.filter}={{one.{control.filter}}}"
        yield control.reaching(query, "one", unbounded=False)


@FAMILY.mutation
def unknown_filter(control: Control) -> Iterator[Mutant]:
    """A filter that does not exist stands beside the name."""
    yield control.reaching(f"{control.scope}={{scope}}&{NO_FILTER}=1", "scope", unbounded=False)


@FAMILY.mutation
def named_twice(control: Control) -> Iterator[Mutant]:
    """Two things are named."""
    one, other = f"{control.scope}={{scope}}", f"{control.scope}={{beside}}"
    yield control.reaching(f"{one}&{other}", "both", unbounded=False).named(case="in-turn").in_smoke()
    yield control.reaching(f"{other}&{one}", "both", unbounded=False).named(case="reversed")


@FAMILY.mutation(none="no-field")
def blank_beside_filter(control: Control) -> Iterator[Mutant]:
    """The name is blank, and another filter leaves one object of ours."""
    if control.filter:
        narrowed = f"{control.filter}={{one.{control.filter}}}"
        blank = control.reaching(f"{control.scope}=&{narrowed}", "none", unbounded=False)
        yield replace(blank, forbids=(ANY_CHANGE,), guard=f"{control.scope}={{scope}}&{narrowed}")


@FAMILY.mutation
def blank(control: Control) -> Iterator[Mutant]:
    """The name is blank."""
    yield control.reaching(f"{control.scope}=").named(case="empty").in_smoke()
    yield control.reaching(f"{control.scope}=%20").named(case="space")
    yield control.reaching(control.scope).named(case="no-equals-sign")


@FAMILY.mutation
def absent(control: Control) -> Iterator[Mutant]:
    """Nothing is named."""
    yield control.reaching("").named(case="no-query").in_smoke()
    yield control.reaching(f"{NO_FILTER}=1").named(case="unknown-filter-alone")


@FAMILY.mutation
def other_name(control: Control) -> Iterator[Mutant]:
    """The parameter is called something like it."""
    scope = control.scope
    names = {
        "capital": scope.capitalize(),
        "list": f"{scope}[]",
        "lookup": f"{scope}__in",
        "space-behind": f"{scope}%20",
    }
    for case, name in names.items():
        mutant = control.reaching(f"{name}={{scope}}", "scope").named(case=case)
        yield mutant.in_smoke() if case == "capital" else mutant


@FAMILY.mutation
def other_spelling(control: Control) -> Iterator[Mutant]:
    """The name is spelled in another way."""
    spellings = {
        "space-behind": "{scope}%20",
        "zero-before": "0{scope}",
        "plus-before": "%2B{scope}",
        "nul": "{scope}%00",
    }
    for case, value in spellings.items():
        mutant = control.reaching(f"{control.scope}={value}", "scope").named(case=case)
        yield mutant.in_smoke() if case == "space-behind" else mutant
    yield control.reaching(f"{control.scope}={{scope}},{{beside}}", "both").named(case="two-in-one")


@FAMILY.mutation
def no_name(control: Control) -> Iterator[Mutant]:
    """What stands in the place of a name is none."""
    for value in ("null", "none", "all", "*", "%25"):
        mutant = control.reaching(f"{control.scope}={value}").named(case="percent" if value == "%25" else value)
        yield mutant.in_smoke() if value == "null" else mutant
