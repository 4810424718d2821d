"""What a rehearsal says where a correct server needs a word in the target file."""

from pathlib import Path

import pytest

from harness.engine.checking import check_target
from harness.engine.plan import Plan
from harness.engine.roles import roles_of
from tests.contract.adversary.kit import served
from tests.contract.correct.kit import Correct, opened_at
from tests.contract.correct.servers import Header422, KeyAlone, Undeletable


class Unnamed(KeyAlone):
    channel = "{channel: basic}"


class Unlisted(Header422):
    words = Correct.words


def advised(api: Correct, folder: Path) -> tuple[int, list[tuple[str, str, bool, str]]]:
    """Exit code of `check`, and what it says besides that things work."""
    with served(api) as url:
        opened = opened_at(api, url, folder)
        checks = check_target(opened, Plan((), roles_of(opened.identities)))
    told = [one for one in checks.done if one.advice or not one.good]
    return checks.exit_code, [(one.part, one.name, one.good, one.advice) for one in told]


@pytest.mark.parametrize(
    ("kind", "code", "said"),
    [
        (Correct, 0, []),
        (KeyAlone, 0, []),
        (
            Unnamed,
            0,
            [("identity", "admin", True, "if names mean nothing there, say auth: {key: {…, named: false}}")],
        ),
        (Header422, 0, []),
        (
            Unlisted,
            3,
            [
                (
                    "control",
                    operation,
                    False,
                    "if that is how it refuses, say expect: {unauthenticated: [401, 403, 422]}",
                )
                for operation in ("POST /things", "PATCH /things/{thing_id}", "DELETE /things/{thing_id}")
            ],
        ),
        (
            Undeletable,
            0,
            [("cleanup", "things", True, 'keep it out with operations: {never: ["POST /things"]}')],
        ),
    ],
)
def test_check_names_the_word(
    kind: type[Correct], code: int, said: list[tuple[str, str, bool, str]], tmp_path: Path
) -> None:
    assert advised(kind(), tmp_path) == (code, said)
