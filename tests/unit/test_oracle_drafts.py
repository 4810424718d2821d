"""What the oracle says of reads, where an object is out that guests may not see."""

from dataclasses import replace

import pytest

from harness.model import (
    OPENED,
    Asked,
    Credential,
    Evidence,
    Exchange,
    Expect,
    Forbid,
    Look,
    Mutant,
    Operation,
    Part,
    Probe,
    Proof,
    Request,
    Severity,
)
from harness.oracle import Rules, judge

ITEM = "/releases/7"
MARKER = "hf0123456789"
SHOWN = (b'{"id": 7, "notes": "' + MARKER.encode() + b'"}', 200)
WITHOUT = (b'{"id": 8, "notes": ""}', 200)
NOWHERE = (b'{"detail": "not found"}', 404)
LOST = (b"", 503)
MUTANT = Mutant(expect=Expect.GUEST_VIEW, forbids=OPENED)
PROBE = Probe("p", Asked("f", "m", "t", Severity.MEDIUM, public=True), Operation("GET", "/releases/{id}"), MUTANT)


def said(answer: tuple[bytes, int]) -> Exchange:
    return Exchange(Request("GET", ITEM), answer[1], (("Content-Type", "application/json"),), answer[0])


def read(
    answer: tuple[bytes, int], guest: tuple[bytes, int] = NOWHERE, entitled: tuple[bytes, int] = SHOWN
) -> Evidence:
    control = Proof(said(entitled), True)
    return Evidence(
        (said(answer),),
        look=Look.UNCHANGED,
        before=control,
        after=control,
        reference=said(guest),
        guest_item=said(guest),
        hidden=(MARKER,),
    )


@pytest.mark.parametrize(
    ("evidence", "verdict"),
    [
        (read(SHOWN), "LEAKED marker-read"),
        (read(NOWHERE), "HELD hidden"),
        (read(WITHOUT, guest=WITHOUT), "HELD guest-view"),
        (read(WITHOUT, guest=WITHOUT, entitled=WITHOUT), "INCONCLUSIVE unobserved"),
        (read(NOWHERE, entitled=WITHOUT), "INCONCLUSIVE masked:404"),
        (read(NOWHERE, guest=WITHOUT), "INCONCLUSIVE masked:404"),
        (replace(read(NOWHERE), hidden=()), "INCONCLUSIVE masked:404"),
        (replace(read(SHOWN, guest=WITHOUT), hidden=()), "LEAKED privileged-view"),
        (replace(read(SHOWN, guest=LOST), hidden=()), "INCONCLUSIVE noise"),
    ],
    ids=[
        *("shown", "hidden", "left-out", "on-another-page", "never-there", "there-for-guests", "no-draft"),
        *("the-entitled-view", "the-guest-unheard"),
    ],
)
def test_a_draft_is_told_by_who_is_shown_it(evidence: Evidence, verdict: str) -> None:
    found = judge(PROBE, evidence, Rules())
    assert f"{found.outcome} {found.reason}" == verdict


WRONG_KEY = replace(MUTANT, credential=Credential("key", key=Part("wrong")))
FILTERED = replace(MUTANT, forbids=(Forbid("marker-read"),)).with_query("draft", "true")


@pytest.mark.parametrize(
    ("mutant", "answer", "guest", "verdict"),
    [
        (MUTANT, SHOWN, SHOWN, "LEAKED marker-read"),
        (WRONG_KEY, SHOWN, SHOWN, "HELD guest-view"),
        (FILTERED, SHOWN, SHOWN, "NOT-APPLICABLE same-view"),
        (MUTANT.with_query("username", "boss"), SHOWN, SHOWN, "NOT-APPLICABLE same-view"),
        (WRONG_KEY, SHOWN, WITHOUT, "LEAKED marker-read"),
        (FILTERED, SHOWN, WITHOUT, "LEAKED marker-read"),
        (MUTANT.with_query("username", "boss"), SHOWN, NOWHERE, "LEAKED marker-read"),
    ],
)
def test_what_every_guest_is_shown_is_laid_to_the_plain_view_alone(
    mutant: Mutant, answer: tuple[bytes, int], guest: tuple[bytes, int], verdict: str
) -> None:
    found = judge(replace(PROBE, mutant=mutant), read(answer, guest), Rules())
    assert f"{found.outcome} {found.reason}" == verdict


def test_on_a_read_that_is_not_public_every_caller_is_charged() -> None:
    found = judge(
        replace(PROBE, mutant=WRONG_KEY, asked=replace(PROBE.asked, public=False)), read(SHOWN, SHOWN), Rules()
    )
    assert f"{found.outcome} {found.reason}" == "LEAKED marker-read"
