"""An account that may write, beside one that may only read: what the first may do is refused to the second."""

import secrets
from pathlib import Path
from typing import Any

import pytest
from werkzeug import Request, Response

from tests.contract.adversary import kit
from tests.contract.words.kit import Api, run

OWN = "low-privilege-write/own-credential"
READERS = """  plain: {{username: worker, key: "${{PLAIN_KEY}}", may: [POST /things, "PATCH /**", "DELETE /**"]}}
  other: {{username: other, key: "${{OTHER_KEY}}", may: [POST /things, "PATCH /**", "DELETE /**"]}}
  reader: {{username: reader, key: "${{READER_KEY}}", may: ["GET /**"]}}"""


class Readers(Api):
    """Workers write, and readers do not; but for the method that forgot to ask."""

    target = kit.TARGET.replace('  plain: {{username: worker, key: "${{PLAIN_KEY}}"}}', READERS)

    def __init__(self, forgotten: str = "") -> None:
        self.forgotten = forgotten
        super().__init__()
        self.keys |= {name: secrets.token_hex(16) for name in ("other", "reader")}

    def others(self, req: Request, key: str, body: dict[str, Any]) -> Response:
        caller = self.caller(req)
        if caller in ("worker", "other") or (caller == "reader" and req.method == self.forgotten):
            return self.write(req, key, body)
        return kit.reply({"error": "no"}, 403 if caller == "reader" else 401)


@pytest.mark.parametrize("forgotten", ["", "POST", "PATCH", "DELETE"])
def test_who_may_only_read_is_tried_where_others_may_write(forgotten: str, tmp_path: Path) -> None:
    ran = run(Readers(forgotten), tmp_path, (OWN,))
    found = {name.partition("[")[2].partition(" ")[0]: verdict for name, verdict in ran.verdicts.items()}
    assert found == dict.fromkeys(("POST", "PATCH", "DELETE"), "HELD refused") | (
        {forgotten: "BYPASSED any-change"} if forgotten else {}
    ), ran.explain()
    assert all(one.probe.mutant.actor == "reader" for one in ran.results.judged.values())
    assert ran.clean, ran.explain()
