"""`holdfast check` as a newcomer meets it: what it says of each mistake, and that it passes when that was written."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from harness.cli import main
from tests.contract.depot import application
from tests.contract.desk import Desk, running

HEAD = """\
version: 1
name: depot
base_url: {url}
openapi: /openapi.json
limits: {settle: 100ms}
resources:
  crates: {body: {weight: 3}}
  parcels: {body: {depot: 7}}
  labels: {id: $.code}
"""
TOKEN = """\
auth: {token: {channel: header, template: "Token {key}"}}
identities:
  admin: {username: admin, key: "${ADMIN_KEY}", privileged: true}
  second: {username: second, key: "${SECOND_KEY}"}
  plain: {username: plain, key: "${PLAIN_KEY}"}
"""
KEYS = 'identities:\n  admin: {username: admin, key: "${ADMIN_WORD}", privileged: true}\n'
KEYS += '  plain: {username: plain, key: "${PLAIN_WORD}"}\n'
KEY, PASSWORD = KEYS.replace("WORD", "KEY"), KEYS.replace("WORD", "PASSWORD")
WAYS = {
    "basic": f"auth: {{basic: {{channel: basic}}}}\n{PASSWORD}",
    "bearer by login": f"""\
auth:
  jwt:
    channel: bearer
    login:
      operation: POST /token
      form: {{username: "{{username}}", password: "{{password}}"}}
      token: $.access_token
{PASSWORD}""",
    "token": f'auth: {{token: {{channel: header, template: "Token {{key}}"}}}}\n{KEY}',
    "x-api-key": f"auth: {{key: {{channel: header, name: X-Api-Key}}}}\n{KEY}",
    "query key": f'auth: {{key: {{channel: query, parameters: {{api_key: "{{key}}"}}}}}}\n{KEY}',
}


@pytest.fixture
def desk() -> Iterator[Desk]:
    with running(application) as one:
        yield one


def checked(desk: Desk, folder: Path, text: str, **keys: str) -> Result:
    file = folder / "target.yaml"
    file.write_text(text.replace("{url}", desk.url))
    assert len(file.read_text().splitlines()) <= 25
    return CliRunner().invoke(main, ["check", str(file)], env={**desk.environment, **keys, "COLUMNS": "400"})


def said(result: Result) -> list[str]:
    """What failed, with what stands below it, and with runs of space as one."""
    told: list[list[str]] = []
    for line in result.output.splitlines():
        if line.startswith("    "):
            told[-1].append(line)
        else:
            told.append([line])
    return [" ".join(" ".join(one).split()).removeprefix("✗ ") for one in told if one[0].startswith("✗")]


@pytest.mark.parametrize("way", WAYS)
def test_a_short_file_is_enough_for_every_way_in(desk: Desk, tmp_path: Path, way: str) -> None:
    done = checked(desk, tmp_path, HEAD + WAYS[way])
    assert (done.exit_code, said(done)) == (0, []), done.output
    assert done.output.splitlines()[-1] == "everything that a run rests on works"


DEAD = '  gone: {username: gone, key: "${GONE_KEY}"}\n'
SAID = {
    "a wrong key": (
        "identity second disproved: GET /crates/ refuses it as it refuses a bent key; check its key; give "
        "identities.second its key, or say what it is: `state: inactive` (or revoked, rotated, expired)"
    ),
    "a dead identity": (
        "identity gone disproved: GET /crates/ refuses it as it refuses a bent key; check its key; give "
        "identities.gone its key, or say what it is: `state: inactive` (or revoked, rotated, expired)"
    ),
    "a field that the document leaves out": (
        'control POST /crates/ POST /crates/: 400 {"error":{"fields":{"weight":"is needed"}}}; say what a valid body '
        "is: resources: {crates: {body: {weight: VALUE}}}"
    ),
    "an unknown foreign key": (
        'control POST /parcels/ POST /parcels/: 422 {"detail":[{"loc":["body","depot"],"msg":"no such depot"}]}; say '
        "what a valid body is: resources: {parcels: {body: {depot: VALUE}}}; where it names an object that the run "
        'makes, VALUE is "{NAME.id}" or "{NAME.number}"'
    ),
    "a wrong rule for ids": (
        "control POST /labels/ 201, but what it made was not seen again; check resources.labels.id ($.serial): it has "
        "to say where the answer tells what stands in /labels/{key}/"
    ),
}
"""Mistake -> what is said of it."""
MISTAKEN = (
    HEAD.replace("  crates: {body: {weight: 3}}\n", "")
    .replace("  parcels: {body: {depot: 7}}\n", "")
    .replace("$.code", "$.serial")
)


def test_five_mistakes_are_named_at_once_and_mended_by_what_is_said(desk: Desk, tmp_path: Path) -> None:
    done = checked(desk, tmp_path, MISTAKEN + TOKEN + DEAD, SECOND_KEY="not-the-key-of-second")
    assert done.exit_code == 3
    told = [line for line in said(done) if not line.startswith("control DELETE")]
    # What cannot be found by its id cannot be removed by it either, and is named.
    assert [line for line in told if not line.startswith("cleanup labels ")] == sorted(SAID.values(), key=told.index)
    assert not [word for word in desk.environment.values() if word in done.output]
    mended = checked(desk, tmp_path, HEAD + TOKEN + DEAD.replace("}\n", ", state: inactive}\n"))
    assert (mended.exit_code, said(mended)) == (0, []), mended.output
