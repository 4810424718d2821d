"""What a real shell makes of a shown request."""

import os
import re
import subprocess
from collections.abc import Mapping

from harness.credentials import pieces
from harness.model import Request


def expanded(text: str, variables: Mapping[str, str]) -> str:
    """Shell text, as a shell reads it between double quotes."""
    done = subprocess.run(
        ["sh", "-c", f'printf %s "{text}"'],
        env={"PATH": os.environ["PATH"], **variables},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=True,
        timeout=30,
    )
    assert done.stderr == b""
    return done.stdout.decode()


def whole(shown: str, variables: Mapping[str, str]) -> str:
    """A shown target or body with its marks resolved."""
    return "".join(literal + (expanded(shell, variables) if shell else "") for literal, shell in pieces(shown))


def resolved(request: Request, variables: Mapping[str, str]) -> tuple[str, dict[str, str], str]:
    """Target, headers and body of a request as it is shown, as a shell would send them."""
    assert request.shown is not None
    shown = request.shown
    headers = {name: expanded(value, variables) for name, value in shown.headers}
    return whole(shown.target, variables), headers, whole((shown.body or b"").decode(), variables)


def sent(request: Request) -> tuple[str, dict[str, str], str]:
    """The same of the request as it goes out, escapes in the same spelling."""
    return request.target, dict(request.headers), (request.body or b"").decode()


def flat(text: str) -> str:
    """Percent-encoded text in one spelling: as little as possible, in capitals."""

    def spelled(found: re.Match[str]) -> str:
        char = chr(int(found[0][1:], 16))
        return char if char.isascii() and (char.isalnum() or char in "-._~") else found[0].upper()

    return re.sub("%[0-9A-Fa-f]{2}", spelled, text)
