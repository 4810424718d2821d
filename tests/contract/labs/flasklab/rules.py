"""Who may do what, and what may be stored: every decision of the index, each a function that can be replaced."""

import hmac
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from werkzeug.datastructures import Authorization

from .accounts import User

FILES = "https://files.example.org/"
SIGNATURE = ".asc"
WRITES = frozenset({"POST", "PUT", "PATCH", "DELETE"})

Row = Mapping[str, object]
Users = Sequence[User]


@dataclass(frozen=True, slots=True)
class Sent:
    """What a request brought to show who sent it."""

    credential: Authorization | None
    """The Authorization header, as the framework reads it; None for none, or for one that it cannot read."""
    query: Mapping[str, str]
    """The query's parameters."""


def token_owner(users: Users, token: str) -> User | None:
    """The living user who was issued exactly this token."""
    found = None
    for user in users:
        if user.token and hmac.compare_digest(user.token.encode(), token.encode()) and user.active:
            found = user
    return found


def bearer(users: Users, sent: Sent) -> User | None:
    """The user whose token the request bears."""
    credential = sent.credential
    if credential is None or credential.type != "bearer" or not credential.token:
        return None
    return token_owner(users, credential.token)


def for_maintainers(user: User, method: str, nested: bool) -> bool:
    """Whether a known user may write."""
    return user.role == "maintainer"


def on_the_file_host(url: str) -> bool:
    """Whether a file may lie there."""
    return url.startswith(FILES) and re.fullmatch(r"[A-Za-z0-9._~/%+@:-]+", url) is not None


def beside_its_file(row: Row) -> bool:
    """Whether a signature is that of the file it is published with; there may be none."""
    return row["signature_url"] in ("", f"{row['download_url']}{SIGNATURE}")


@dataclass(frozen=True, slots=True)
class Rules:
    """The decisions of one index."""

    identify: Callable[[Users, Sent], User | None] = bearer
    """Who a request speaks for; None for nobody."""
    guarded: frozenset[str] = WRITES
    """Methods that need a user at all."""
    raw_method: bool = False
    """Whether the method is read as it was written."""
    post_on_items: bool = False
    """Whether an object takes a POST, which is guarded on lists alone."""
    may_write: Callable[[User, str, bool], bool] = for_maintainers
    """Whether a user may use this method, on a nested path or not."""
    url_allowed: Callable[[str], bool] = on_the_file_host
    """Whether a download may lie there."""
    signature_fits: Callable[[Row], bool] = beside_its_file
    """Whether signature and download of a version belong together."""
    urls_checked: frozenset[str] = WRITES
    """Methods whose body is held against the two rules about URLs."""
