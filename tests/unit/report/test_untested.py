"""What to do about what could not be told."""

from harness.report.untested import untested
from tests.unit.report.factories import POST, PUT, probe, unclear


def test_a_404_may_be_a_refusal_by_the_owners_word() -> None:
    (told,) = untested([unclear(probe(operation=one), "masked:404") for one in (PUT, PUT, POST)])
    word = '`denied_when: [{status: 404, operation: "PUT /api/things/{id}/"}]`, and so for 1 more'
    assert (told.reason, told.count, word in told.advice) == ("masked:404", 3, True)


def test_any_other_mask_asks_for_a_body() -> None:
    (told,) = untested([unclear(probe(), "masked:400")])
    assert told.advice == "give a body that passes validation: `resources: NAME: body:`"
