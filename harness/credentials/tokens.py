"""Signed tokens (JWT, RFC 7519) that nobody with the secret signed: the same claims under a header or a signature that
anybody can make. A key that is no such token comes out as it is."""

import base64
import hashlib
import hmac
import json
import re

JWT = re.compile(r"eyJ[\w-]+\.[\w-]+\.[\w-]+", re.ASCII)
WELL_KNOWN = "secret"
"""What examples sign with."""
_NEVER_OVER = 4_102_444_800
"""The year 2100, in seconds as tokens tell them."""
_SEGMENT = "base64 | tr '+/' '-_' | tr -d '='"


def _segment(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def _header(algorithm: str) -> str:
    return f'{{"alg":"{algorithm}","typ":"JWT"}}'


def made_up(subject: str, name: str) -> str:
    """A token of our own that names somebody, signed with what nobody would take for a secret."""
    claims = _segment(json.dumps({subject: name, "exp": _NEVER_OVER}).encode())
    return resigned(f"{_segment(_header('HS256').encode())}.{claims}.0", "holdfast")


def unsigned(key: str) -> str:
    """The token without its signature."""
    return key[: key.rindex(".") + 1] if JWT.fullmatch(key) else key


def unsigned_shown(name: str, key: str) -> str:
    """The same, by a shell."""
    return f"${{{name}%.*}}." if JWT.fullmatch(key) else f"${name}"


def headed(key: str, algorithm: str, *, signed: bool = False) -> str:
    """The claims under a header of our own, with the signature that they had or none."""
    if not JWT.fullmatch(key):
        return key
    _, claims, signature = key.split(".")
    return f"{_segment(_header(algorithm).encode())}.{claims}.{signature if signed else ''}"


def headed_shown(name: str, key: str, algorithm: str, *, signed: bool = False) -> str:
    """The same, by a shell."""
    if not JWT.fullmatch(key):
        return f"${name}"
    return f"{_header_shown(algorithm)}.{_claims(name)}." + (f"${{{name}##*.}}" if signed else "")


def resigned(key: str, secret: str) -> str:
    """The claims, signed anew with HMAC-SHA256 and a secret of our own."""
    if not JWT.fullmatch(key):
        return key
    content = headed(key, "HS256").removesuffix(".")
    return f"{content}.{_segment(hmac.digest(secret.encode(), content.encode(), hashlib.sha256))}"


def resigned_shown(name: str, key: str, secret: str) -> str:
    """The same, by a shell."""
    if not JWT.fullmatch(key):
        return f"${name}"
    content = f"{_header_shown('HS256')}.{_claims(name)}"
    return f"{content}.$(printf %s \"{content}\" | openssl dgst -sha256 -hmac '{secret}' -binary | {_SEGMENT})"


def _header_shown(algorithm: str) -> str:
    return f"""$(printf %s '{_header(algorithm)}' | {_SEGMENT})"""


def _claims(name: str) -> str:
    return f'$(printf %s "${name}" | cut -d. -f2)'
