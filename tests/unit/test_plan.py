"""What a plan leaves out, and what it says of it."""

import json
from pathlib import Path

import pytest

from harness.engine import make_plan, open_target
from harness.family import load_family

SUITES = Path(__file__).parents[2] / "suites"
TARGET = """version: 1
name: shop
base_url: http://127.0.0.1:1
openapi: document.json
environment: staging
auth: {{key: {{channel: header, template: "ApiKey {{username}}:{{key}}"}}}}
identities:
  admin: {{username: boss, key: "${{ADMIN}}", privileged: true, throwaway: {admin}}}
  plain: {{username: worker, key: "${{PLAIN}}", throwaway: {plain}}}
"""
BODY = {"type": "object", "required": ["title"], "properties": {"title": {"type": "string"}}}
DOCUMENT = {
    "openapi": "3.0.3",
    "info": {"title": "shop", "version": "1"},
    "paths": {
        "/things": {"post": {"requestBody": {"content": {"application/json": {"schema": BODY}}}, "responses": {}}}
    },
}


@pytest.mark.parametrize(
    ("admin", "plain", "kept"),
    [
        (True, True, {}),
        (False, False, {"wrong-key-and-low-in-query": "plain", "wrong-key-and-valid-in-query": "admin"}),
        (True, False, {"wrong-key-and-low-in-query": "plain"}),
        (False, True, {"wrong-key-and-valid-in-query": "admin"}),
    ],
)
def test_each_valid_key_is_kept_out_of_logs(admin: bool, plain: bool, kept: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "document.json").write_text(json.dumps(DOCUMENT))
    file = tmp_path / "target.yaml"
    file.write_text(TARGET.format(admin=str(admin).lower(), plain=str(plain).lower()))
    opened = open_target(file, {"ADMIN": "a" * 20, "PLAIN": "p" * 20})
    family = load_family(SUITES / "authentication" / "conflicting_channels.py")
    told = {one.mutation: one.not_applicable or "" for one in make_plan([family], opened).probes}
    names = ("wrong-key-and-low-in-query", "wrong-key-and-valid-in-query")
    left_out = {name: told[name] for name in names if told[name]}
    assert left_out == {
        name: f"policy: a valid key would go to access logs; say `throwaway: true` of {whose} to allow it"
        for name, whose in kept.items()
    }
