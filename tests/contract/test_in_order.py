"""What only happens behind others on one object: it is told of the one that did it, and of no other."""

from collections import Counter
from pathlib import Path

from werkzeug import Request, Response

from tests.contract.adversary.kit import Api, run


class Tired(Api):
    """Counts refused removals of each object, and does the fourth of them."""

    def __init__(self) -> None:
        self.refused: Counter[str] = Counter()
        super().__init__()

    def others(self, req: Request, key: str, body: dict[str, object]) -> Response:
        if req.method == "DELETE" and key in self.rows:
            self.refused[key] += 1
            if self.refused[key] == 4:
                self.hits.append(key)
                return self.write(req, key, dict(body))
        return self.deny(req)


def test_who_struck_before_is_not_charged_with_what_another_did(tmp_path: Path) -> None:
    api = Tired()
    ran = run(api, tmp_path, "--operation", "DELETE /things/{thing_id}", "--family", "fabricated-key")
    found = {name: reason for name, (verdict, reason) in ran.verdicts().items() if verdict == "BYPASSED"}
    assert ran.code == 1
    assert 0 < len(found) < len(api.hits)
    assert set(found.values()) == {"any-change"}
    assert "seen only later" not in ran.text
