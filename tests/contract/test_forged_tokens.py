"""Signed tokens that nobody signed, on servers that check them in full, in part and not at all."""

import base64
import hashlib
import hmac
import json
from pathlib import Path
from typing import Any

import pytest
from werkzeug import Request, Response

from tests.contract.adversary.kit import reply
from tests.contract.test_renewing import TARGET, Tokens, run

ASKED = ("forged-token/no-signature", "forged-token/algorithm-none", "forged-token/guessed-secret")


def segment(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def claimed(text: str) -> Any:
    return json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))


class Signed(Tokens):
    """Correct: one algorithm, and a secret of its own."""

    secret = b"7d0f3b1c9a2e4f68"

    def caller(self, req: Request) -> str:
        scheme, _, token = req.headers.get("Authorization", "").partition(" ")
        if not scheme:
            return "guest"
        try:
            head, claims, signature = token.split(".")
            return str(claimed(claims)["sub"]) if self.proves(claimed(head), f"{head}.{claims}", signature) else "bad"
        except ValueError:
            return "bad"

    def proves(self, head: dict[str, Any], content: str, signature: str) -> bool:
        """Whether a token is one of ours."""
        return head["alg"] == "HS256" and hmac.compare_digest(self.made(content), signature)

    def made(self, content: str) -> str:
        """The signature of a token."""
        return segment(hmac.digest(self.secret, content.encode(), hashlib.sha256))

    def route(self, req: Request, body: dict[str, Any]) -> Response:
        if req.path != "/token":
            return super().route(req, body)
        name = str(body.get("name"))
        if self.keys.get(name) != body.get("word"):
            return reply({"error": "no"}, 401)
        content = ".".join(segment(json.dumps(one).encode()) for one in ({"alg": "HS256"}, {"sub": name}))
        return reply({"token": f"{content}.{self.made(content)}"})


class Believing(Signed):
    """Takes the header's word for it that a token is not signed."""

    def proves(self, head: dict[str, Any], content: str, signature: str) -> bool:
        return str(head["alg"]) == "none" or super().proves(head, content, signature)


class Skipping(Signed):
    """Looks at a signature only where there is one."""

    def proves(self, head: dict[str, Any], content: str, signature: str) -> bool:
        return not signature or super().proves(head, content, signature)


class Unset(Signed):
    """Its secret was never set."""

    secret = b""


class FromAnExample(Signed):
    """Its secret is that of an example."""

    secret = b"secret"


class Decoding(Signed):
    """Reads what a token says, and never looks at its signature."""

    def proves(self, head: dict[str, Any], content: str, signature: str) -> bool:
        return head["alg"] == "HS256" and len(signature) == len(self.made(content))


CASES = {
    Signed: set(),
    Believing: {"algorithm-none case=unsigned", "algorithm-none case=signed"},
    Skipping: {"no-signature", "algorithm-none case=unsigned", "algorithm-none case=odd-letters"},
    Unset: {"guessed-secret case=empty"},
    FromAnExample: {"guessed-secret case=secret"},
}


@pytest.mark.parametrize("server", CASES)
def test_what_nobody_signed_is_found_where_it_is_taken(server: type[Signed], tmp_path: Path) -> None:
    results = run(server(), tmp_path, *ASKED)
    told = {id: f"{one.verdict.outcome} {one.verdict.reason}" for id, one in results.judged.items()}
    assert len(told) == 18
    wrong = {id for id, verdict in told.items() if verdict == "BYPASSED any-change"}
    assert {verdict for id, verdict in told.items() if id not in wrong} == {"HELD refused"}
    assert {_kind(id) for id in wrong} == CASES[server]
    assert len(wrong) == 3 * len(CASES[server])
    assert results.leftovers == ()


def test_a_key_that_is_no_such_token_cannot_be_forged(tmp_path: Path) -> None:
    results = run(Tokens(), tmp_path, *ASKED)
    assert {f"{one.verdict.outcome} {one.verdict.reason}" for one in results.judged.values()} == {
        "NOT-APPLICABLE same-as-control"
    }


@pytest.mark.parametrize(("server", "expected"), [(Signed, "HELD refused"), (Decoding, "BYPASSED any-change")])
def test_a_token_made_from_nothing_is_tried_where_the_claim_is_said(
    server: type[Signed], expected: str, tmp_path: Path
) -> None:
    told = TARGET.replace("token: $.token}}", "token: $.token}}\n    jwt: {{subject: sub}}")
    results = run(server(), tmp_path, "forged-token/made-up", target=told)
    assert [f"{one.verdict.outcome} {one.verdict.reason}" for one in results.judged.values()] == [expected] * 3
    assert results.leftovers == ()


def test_none_is_made_up_where_nothing_says_the_claim(tmp_path: Path) -> None:
    results = run(Decoding(), tmp_path, "forged-token/made-up")
    assert {f"{one.verdict.outcome} {one.verdict.reason}" for one in results.judged.values()} == {
        "NOT-APPLICABLE no-channel"
    }


def _kind(probe: str) -> str:
    mutation, _, rest = probe.partition("/")[2].partition("[")
    case = rest.rstrip("]").rpartition(" case=")[2] if " case=" in rest else ""
    return f"{mutation} case={case}" if case else mutation
