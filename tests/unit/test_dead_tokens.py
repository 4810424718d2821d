"""A token that has expired is told by a channel without a login; by one that logs in it cannot be, and that is said."""

from pathlib import Path

import pytest

from harness.engine import make_plan, open_target
from harness.family import load_families

SUITES = Path(__file__).parents[2] / "suites"
DOCUMENT = """\
openapi: 3.1.0
info: {title: things, version: "1"}
paths:
  /things:
    post:
      requestBody: {content: {application/json: {schema: {type: object, properties: {title: {type: string}}}}}}
      responses: {"201": {description: made}}
  /things/{id}:
    parameters: [{name: id, in: path, required: true, schema: {type: string}}]
    delete: {responses: {"204": {description: gone}}}
"""
TARGET = """\
version: 1
name: things
base_url: http://127.0.0.1:1
openapi: openapi.yaml
auth:
  jwt:   {channel: bearer, login: {operation: POST /token, json: {user: "{username}", pass: "{key}"}, token: $.token}}
  fixed: {channel: bearer}
identities:
  admin: {username: ann, key: "${ADMIN_PASSWORD}", auth: jwt, privileged: true}
  stale: {username: ann, key: "${EXPIRED_TOKEN}", auth: AUTH, state: expired}
"""
KEYS = {"ADMIN_PASSWORD": "correct-horse-31", "EXPIRED_TOKEN": "abcdef.123456.fedcba"}
WHY = "no-channel: who is dead is not logged in; say the token it held as its key, with an `auth` without `login`"


@pytest.mark.parametrize(("auth", "why"), [("fixed", {None}), ("jwt", {WHY})])
def test_an_expired_token(tmp_path: Path, auth: str, why: set[str | None]) -> None:
    (tmp_path / "openapi.yaml").write_text(DOCUMENT)
    (tmp_path / "target.yaml").write_text(TARGET.replace("AUTH", auth))
    opened = open_target(tmp_path / "target.yaml", KEYS, silent=True)
    plan = make_plan(load_families(SUITES), opened)
    asked = [one for one in plan.probes if (one.family, one.mutation) == ("dead-credential", "expired-key")]
    assert len(asked) == 2
    assert {one.not_applicable for one in asked} == why
