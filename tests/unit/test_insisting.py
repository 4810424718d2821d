"""What is asked again where it broke down on the way, and what is not."""

import pytest

from harness.engine.sending.patience import Insistent, Patient
from harness.model import Exchange, Request

ASKED = Request("POST", "/login")


def answers(*told: int | str) -> list[Exchange]:
    return [Exchange(ASKED, one) if isinstance(one, int) else Exchange(ASKED, failure=one) for one in told]


@pytest.mark.parametrize(
    ("told", "sent"),
    [
        ((200,), 1),
        ((401,), 1),
        ((503, 200), 2),
        ((500, "reset", 200), 3),
        (("framing-truncated", 401), 2),
        ((502, 502, 502, 200), 3),
        (("refused", 200), 1),
        (("deadline", 200), 1),
        (("budget", 200), 1),
    ],
    ids=lambda one: "-".join(map(str, one)) if isinstance(one, tuple) else str(one),
)
def test_what_broke_down_is_asked_again(told: tuple[int | str, ...], sent: int) -> None:
    waiting, lines = answers(*told), list[str]()

    def send(request: Request, line: str) -> Exchange:
        lines.append(line)
        return waiting[len(lines) - 1]

    assert Insistent(send)(ASKED, "login admin") is waiting[sent - 1]
    assert lines == ["login admin"] * sent


def test_patience_alone_asks_nothing_again_that_broke_down() -> None:
    waiting = iter(answers(503, 200))
    assert Patient(lambda request, line: next(waiting))(ASKED, "mutant").status == 503
