"""Whether the owner of a host wants it tested: nothing but this machine is touched without their word."""

import secrets
from hmac import compare_digest

from harness.config import BaseUrl, Target
from harness.errors import Unreachable, UsageError
from harness.model import Exchange, Request, Send

PLACE = "/.well-known/holdfast.txt"
HEADER = "Holdfast-Proof"


def new_proof() -> str:
    """A token of 192 bits that an owner may serve."""
    return secrets.token_urlsafe(24)


def ask_consent(target: Target, send: Send) -> None:
    """Asks the host for its owner's token, before anything else there is touched.

    A target file can leave it out for this machine's own addresses only. Raises UsageError where the token is not
    there, Unreachable where nothing answers.
    """
    if target.proof is not None:
        ask_host(target.base_url, target.proof, f"{target.source}: proof", send)


def ask_host(base_url: BaseUrl, proof: str, place: str, send: Send) -> None:
    """Asks a host for its owner's token, which is written down at `place`. Raises as `ask_consent` does."""
    answer = send(Request("GET", PLACE), "consent")
    if answer.status is None:
        raise Unreachable(f"{base_url}: no answer ({answer.failure}); is the target running there?")
    if not _shows(answer, proof):
        raise UsageError(
            f"{place}: {base_url.origin}{PLACE} answers {answer.status} without the token; serve it "
            f"there, alone on a line, or in a header {HEADER}"
        )


def _shows(answer: Exchange, proof: str) -> bool:
    lines = answer.body.decode("latin-1").split("\n") if answer.ok else []
    headers = [value for name, value in answer.headers if name.lower() == HEADER.lower()]
    told = [*(line.strip() for line in lines), *headers]
    return any(compare_digest(one.encode(), proof.encode()) for one in told)
