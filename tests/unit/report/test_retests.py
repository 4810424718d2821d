"""What a person reads when findings were tried again."""

import io
from pathlib import Path

import pytest
from rich.console import Console

from harness.engine.course.retesting import Now, Retested
from harness.model import Confidence
from harness.report import retests
from tests.unit.report.factories import held, probe, results
from tests.unit.report.test_comparing import report, row

HINT = "1 refusal rests on keys that nothing proves; if these are the earlier run's, say --attested"


@pytest.mark.parametrize(("known", "told"), [(Confidence.ATTESTED, True), (Confidence.RESPONSE, False)])
def test_what_a_word_of_the_owner_would_settle(known: Confidence, told: bool, tmp_path: Path) -> None:
    one = held(probe(), known)
    console = Console(file=io.StringIO(), width=120)
    said = row("BYPASSED") | {"id": one.probe.id}
    made = [Retested(one.probe.id, Now.INCONCLUSIVE, str(one.verdict), one, 2)]
    retests.show(made, report(tmp_path, "first", said), results([one]), console, tmp_path / "again")
    assert isinstance(console.file, io.StringIO)
    lines = console.file.getvalue().splitlines()
    assert lines[0] == "1 INCONCLUSIVE"
    assert (HINT in lines) is told
