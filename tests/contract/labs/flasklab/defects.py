"""Mistakes that can be switched on, each a rule as somebody might have written it."""

import re
from collections.abc import Mapping
from dataclasses import replace
from urllib.parse import urlsplit

from .accounts import DIGITS, PREFIX, User
from .rules import FILES, WRITES, Row, Rules, Sent, Users, bearer, token_owner

RIGHT = Rules()
SHAPE = re.compile(rf"{PREFIX}[0-9a-f]{{{DIGITS}}}")


def _any_bearer(users: Users, sent: Sent) -> User | None:
    """Tokens that look right were verified by the gateway, it was thought: the one there is belongs to the owner."""
    found = bearer(users, sent)
    token = sent.credential.token if sent.credential else None
    return users[0] if found is None and token and SHAPE.fullmatch(token) else found


def _short_comparison(users: Users, sent: Sent) -> User | None:
    """Compares as much of a token as the log shows of it."""
    token = (sent.credential.token if sent.credential else None) or ""
    shown = len(PREFIX) + 8
    return next(
        (user for user in users if user.active and len(token) >= shown and user.token[:shown] == token[:shown]), None
    )


def _blank_token(users: Users, sent: Sent) -> User | None:
    """Looks up what was sent, and finds nothing equal to the nothing of a user without token."""
    if sent.credential is None or sent.credential.type != "bearer":
        return None
    return next((user for user in users if user.active and user.token == (sent.credential.token or "")), None)


def _former_user(users: Users, sent: Sent) -> User | None:
    """Forgets to ask whether the user is still one."""
    token = sent.credential.token if sent.credential else None
    return next((user for user in users if token and user.token == token), None)


def _query_token(users: Users, sent: Sent) -> User | None:
    """Takes a token from the address too, as old clients send it."""
    return bearer(users, sent) or token_owner(users, sent.query.get("access_token", ""))


def _basic_name(users: Users, sent: Sent) -> User | None:
    """Takes Basic from old clients, and never looks at the password."""
    if sent.credential is not None and sent.credential.type == "basic":
        return next((user for user in users if user.active and user.name == sent.credential.username), None)
    return bearer(users, sent)


def _members_delete(user: User, method: str, nested: bool) -> bool:
    """Asks for the role where something is written, and takes deleting for something else."""
    return user.role == "maintainer" if method in ("POST", "PUT", "PATCH") else True


def _members_publish(user: User, method: str, nested: bool) -> bool:
    """Asks for the role on packages only: versions came later."""
    return nested or user.role == "maintainer"


def _without_slash(url: str) -> bool:
    """Compares the beginning, and lets it end within the host name."""
    return url.startswith(FILES.rstrip("/"))


def _any_scheme(url: str) -> bool:
    """Looks at the host alone."""
    return urlsplit(url).hostname == urlsplit(FILES).hostname


def _any_signature(row: Row) -> bool:
    """Asks where a signature lies and not whose it is."""
    return row["signature_url"] == "" or str(row["signature_url"]).startswith(FILES)


DEFECTS: Mapping[str, Rules] = {
    "any-bearer": replace(RIGHT, identify=_any_bearer),
    "short-comparison": replace(RIGHT, identify=_short_comparison),
    "blank-token": replace(RIGHT, identify=_blank_token),
    "former-user": replace(RIGHT, identify=_former_user),
    "query-token": replace(RIGHT, identify=_query_token),
    "basic-name": replace(RIGHT, identify=_basic_name),
    "guest-patch": replace(RIGHT, guarded=WRITES - {"PATCH"}),
    "raw-method": replace(RIGHT, raw_method=True),
    "post-on-items": replace(RIGHT, post_on_items=True),
    "member-delete": replace(RIGHT, may_write=_members_delete),
    "member-version": replace(RIGHT, may_write=_members_publish),
    "url-prefix": replace(RIGHT, url_allowed=_without_slash),
    "url-scheme": replace(RIGHT, url_allowed=_any_scheme),
    "url-patch": replace(RIGHT, urls_checked=WRITES - {"PATCH"}),
    "signature": replace(RIGHT, signature_fits=_any_signature),
}
"""The rules of the index with each defect, by its name."""
