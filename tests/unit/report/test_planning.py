"""What a plan of many operations is shown with."""

import io
import json
from pathlib import Path

import pytest
from rich.console import Console
from rich.table import Table

from harness.engine import estimate, make_plan, open_target
from harness.family import load_families
from harness.report import planning
from tests.unit.shop import BODY, TARGET

SUITES = Path(__file__).parents[3] / "suites"


def _shown(folder: Path, kinds: int) -> str:
    paths = {
        f"/kind{number}": {"post": {"requestBody": {"content": {"application/json": {"schema": BODY}}}}}
        for number in range(kinds)
    }
    document = {"openapi": "3.0.3", "info": {"title": "shop", "version": "1"}, "paths": paths}
    (folder / "document.json").write_text(json.dumps(document))
    (folder / "target.yaml").write_text(TARGET)
    opened = open_target(folder / "target.yaml", {"ADMIN": "a" * 20})
    families = load_families(SUITES)
    plan = make_plan(families, opened)
    chosen = [one.id for one in plan.probes]
    console = Console(file=io.StringIO(), width=200)
    planning.show(opened, plan, chosen, estimate(opened, plan, chosen), families, console)
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def test_what_operations_share_is_laid_out_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    drawn = 0
    draw = Table.__rich_console__

    def counted(self: Table, *arguments: object) -> object:
        nonlocal drawn
        drawn += 1
        return draw(self, *arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(Table, "__rich_console__", counted)
    _shown(tmp_path, 2)
    two, drawn = drawn, 0
    _shown(tmp_path, 6)
    assert drawn == two > 0


def test_each_operation_is_shown_by_its_own_name(tmp_path: Path) -> None:
    text = _shown(tmp_path, 3)
    for number in range(3):
        assert f"POST /kind{number}  " in text
        assert text.count(f"  fabricated-key/…[POST /kind{number} …]  critical\n") == 1
    assert "\ue000" not in text
