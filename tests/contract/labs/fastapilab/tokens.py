"""JSON Web Tokens, signed with HMAC and SHA-256."""

import base64
import hashlib
import hmac
import json
import time
from typing import Any

LIFETIME = 3600


def issue(secret: bytes, name: str, lifetime: float = LIFETIME) -> str:
    """A token for an account, good for this many seconds."""
    head = _packed(json.dumps({"alg": "HS256", "typ": "JWT"}).encode())
    claims = _packed(json.dumps({"sub": name, "exp": int(time.time() + lifetime)}).encode())
    return f"{head}.{claims}.{_signature(secret, f'{head}.{claims}')}"


def claims(secret: bytes, token: str, *, signed: bool = True, alive: bool = True) -> dict[str, Any] | None:
    """What a token claims; None where it is not genuine, is over, or is none.

    `signed` and `alive` are the two questions that a caller can forget to ask.
    """
    try:
        head, body, signature = token.split(".")
        found = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    except ValueError:
        return None
    if signed and not hmac.compare_digest(_signature(secret, f"{head}.{body}").encode(), signature.encode()):
        return None
    if not isinstance(found, dict) or (alive and found.get("exp", 0) <= time.time()):
        return None
    return found


def _packed(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _signature(secret: bytes, text: str) -> str:
    return _packed(hmac.new(secret, text.encode(), hashlib.sha256).digest())
