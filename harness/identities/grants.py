"""What an answer to a login grants: a token or a session, for how long, and what renews it."""

import base64
import binascii
import json
import re
import time
from dataclasses import dataclass, field

from harness.config import Login
from harness.model import Exchange, Json, Secret
from harness.openapi import TOKEN_FIELDS

_STEP = re.compile(r"\.([A-Za-z_][A-Za-z0-9_-]*)|\[([0-9]+)\]")
_NAME = re.compile(r"[A-Za-z_][A-Za-z_-]{0,23}")
"""What looks like the name of a field, and not like a secret in its place."""
_LEVELS = 3
_LONGEST = 16 * 1024
"""Characters of a token; what is longer fits into no header."""


@dataclass(frozen=True, slots=True)
class Grant:
    """What was read from one answer, before anything of it is kept."""

    token: Secret | None = field(default=None, repr=False)
    refresh: Secret | None = field(default=None, repr=False)
    seconds: float | None = None
    """How long the token lives; None where it is not told."""
    status: int | None = None
    told: str = ""
    """Status or failure, and what was missing; holds nothing that the answer says."""
    remedy: str = "check its key"
    """What the owner may do where there is none; of the answer it holds names of fields alone."""


def read_grant(exchange: Exchange, token: str | None, cookie: str | None, refresh: str | None) -> Grant:
    """The grant at a path of the answer or in a cookie that it sets; `refresh` is the path of what renews it.

    A session may come with a redirect, a token only with a 2xx.
    """
    if exchange.status is None:
        return Grant(told=f"no answer ({exchange.failure})")
    told = str(exchange.status)
    if exchange.status >= (400 if cookie else 300):
        return Grant(status=exchange.status, told=told)
    found = _cookie(exchange, cookie) if cookie else _text(at(exchange.json, token or "$"))
    if found is None:
        place = f"cookie {cookie}" if cookie else f"token at {token}"
        return Grant(status=exchange.status, told=f"{told} and no {place}", remedy=_remedy(exchange, cookie))
    renewal = _text(at(exchange.json, refresh)) if refresh else None
    return Grant(
        Secret(found), Secret(renewal) if renewal else None, _lifetime(exchange.json, found), exchange.status, told
    )


def grant_of(exchange: Exchange, login: Login) -> Grant:
    """The grant of a login's answer."""
    return read_grant(exchange, login.token, login.cookie, login.refresh.from_ if login.refresh else None)


def at(value: Json, path: str) -> Json:
    """What stands at `$.a.b[0]`; None where nothing does."""
    for name, index in _STEP.findall(path):
        if name:
            value = value.get(name) if isinstance(value, dict) else None
        else:
            value = value[int(index)] if isinstance(value, list) and int(index) < len(value) else None
    return value


def _remedy(exchange: Exchange, cookie: str | None) -> str:
    """What to say in the login, as far as the answer shows it."""
    if cookie:
        names = (value.partition("=")[0].strip() for name, value in exchange.headers if name.lower() == "set-cookie")
        named = ", ".join(one for one in dict.fromkeys(names) if _NAME.fullmatch(one))
        return f"it sets {named}: say `cookie:` in its login" if named else "it sets no cookie; check its login"
    place = _place(exchange.json, "$", _LEVELS)
    return f"say `token: {place}` in its login" if place else "say in its login where the answer tells the token"


def _place(value: Json, path: str, left: int) -> str | None:
    """The place of what an answer calls a token; None where it calls nothing so."""
    fields = value if isinstance(value, dict) and left else {}
    named = next((one for one in TOKEN_FIELDS if _text(fields.get(one))), None)
    if named:
        return f"{path}.{named}"
    deeper = (_place(one, f"{path}.{name}", left - 1) for name, one in fields.items() if _NAME.fullmatch(name))
    return next((one for one in deeper if one), None)


def _text(value: Json) -> str | None:
    """A token is one line with no space at its ends; a sentence in its place is none."""
    fits = isinstance(value, str) and 0 < len(value) <= _LONGEST and value.isprintable() and " " not in value
    return value if fits else None


def _cookie(exchange: Exchange, name: str) -> str | None:
    for header, value in exchange.headers:
        own, _, content = value.partition(";")[0].partition("=")
        if header.lower() == "set-cookie" and own.strip() == name:
            return _text(content.strip())
    return None


def _lifetime(answer: Json, token: str) -> float | None:
    """Seconds by `expires_in` (RFC 6749, 5.1), else by the token's own `exp` (RFC 7519, 4.1.4)."""
    told = answer.get("expires_in") if isinstance(answer, dict) else None
    if (seconds := _number(told)) is not None:
        return seconds
    claims = _claims(token)
    until, since = _number(claims.get("exp")), _number(claims.get("iat"))
    if until is None:
        return None
    return until - (time.time() if since is None else since)


def _number(value: Json) -> float | None:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def _claims(token: str) -> dict[str, Json]:
    parts = token.split(".")
    if len(parts) != 3:
        return {}
    try:
        claims = json.loads(base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)))
    except (binascii.Error, ValueError, RecursionError):
        return {}
    return claims if isinstance(claims, dict) else {}
