"""Wrong parent: an object of one's own in the path opens nothing that hangs on somebody else's.

## Why it matters

`/teams/7/items/42` names two objects, and a right is mostly asked for the first: is the caller of team 7? Then item 42
is fetched by its number alone. Whoever has a team, and anybody may make one, writes its own into the path and another
team's item behind it, and the question that guards the items is answered for the wrong team. The plain request, by
the same account, is refused, so that tests of rights pass. The deeper paths go, the more ids are in them of which only
the first is looked at.

## How the verdict is reached

Asked are writes and actions on objects, and reads that guests may not do, whose path names other objects first. The
entitled identity's request is shown to work on an object that hangs on objects of its own. An ordinary account that may
make such parents makes some, and sends the request with its own valid credential and its own parent in the path; where
several stand there, with its own first one, its own first two, and so on. So it is with its own name, where the target
file says that a path names the owner (`owner_field: [path.name]`). What it sends must not reach the other one's object:
403, 401, or a 404, since nothing of that name is there, is HELD where the object is as it was before, and so is a
success that did nothing. A change is BYPASSED, whatever the status. Where that account may do such a write by the
target's word, it is asked only where objects have an `owner`. A read is LEAKED where the answer holds the object's
marker; an account that is shown the object at its plain path is not asked.

## How to fix it

Fetch the object among those of the parent, and the parent among those of the caller, in one query.

Django REST Framework:

    def get_queryset(self):
        return Item.objects.filter(team=self.kwargs["team_pk"], team__members=self.request.user)

tastypie: in a nested resource, take the parent from the path into the lookup of the child, `kwargs["team"] = team`, and
ask for the child's own team in the authorization's `update_detail` and `delete_detail`.

FastAPI: one dependency for the whole path, that answers the child:

    def item_of(team_id: int, item_id: int, team: Team = Depends(own_team)) -> Item:
        item = items.get(item_id)
        if item is None or item.team_id != team.id:
            raise HTTPException(404)
        return item

Flask:

    item = db.session.scalar(select(Item).filter_by(id=item_id, team_id=team.id)) or abort(404)

## References

- CWE-639 (a key that the user controls), CWE-863 (authorization done wrong)
- OWASP API Security Top 10 2023: API1; OWASP ASVS 5: 8.2.2, 8.4.1; OWASP WSTG-ATHZ-04; CAPEC-77
"""

from collections.abc import Iterator

from harness.family import WRITES, Control, Family, Mutant, Severity

FAMILY = Family(severity=Severity.HIGH, cwe=(639, 863), owasp="API1:2023", on=WRITES | {"GET"})


@FAMILY.mutation(none="no-field: no ordinary account can have one of its own of what its path names first")
def own_parent(control: Control) -> Iterator[Mutant]:
    """An ordinary account puts a parent of its own before the object of another."""
    for which in range(len(control.trespassers)):
        for count in range(1, len(control.above) + 1):
            yield control.below_own(count, which)
