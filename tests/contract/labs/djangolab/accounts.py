"""Who the lab knows, by the names of the embedded API, so that one target file fits both. Secrets are random and come
in through the environment."""

import secrets
import string
from collections.abc import Mapping

ADMIN = "release-manager"
SECOND = "second-manager"
KEYLESS = "keyless-manager"
PLAIN = "plain-user"
GONE = "gone-manager"

STAFF = frozenset({ADMIN, SECOND, KEYLESS, GONE})
INACTIVE = frozenset({GONE})
USERNAMES = (ADMIN, SECOND, KEYLESS, PLAIN, GONE)

KEY_VARIABLES: Mapping[str, str] = {
    ADMIN: "LAB_ADMIN_KEY",
    SECOND: "LAB_SECOND_KEY",
    PLAIN: "LAB_PLAIN_KEY",
    GONE: "LAB_GONE_KEY",
}
"""The variable of each user's key for v1; `KEYLESS` was never given one."""

TOKEN_VARIABLES: Mapping[str, str] = {
    ADMIN: "LAB_ADMIN_TOKEN",
    SECOND: "LAB_SECOND_TOKEN",
    PLAIN: "LAB_PLAIN_TOKEN",
    GONE: "LAB_GONE_TOKEN",
}
"""The variable of each user's token for v2."""

SESSION_VARIABLE = "LAB_SESSION"
"""The variable of the session in which `ADMIN` is logged in."""

VARIABLES = (*KEY_VARIABLES.values(), *TOKEN_VARIABLES.values(), SESSION_VARIABLE)

_SESSION_LETTERS = string.ascii_lowercase + string.digits


def fresh() -> dict[str, str]:
    """A secret for each variable: 40 hexadecimal digits, or a session number of 32 letters and digits."""
    keys = {variable: secrets.token_hex(20) for variable in (*KEY_VARIABLES.values(), *TOKEN_VARIABLES.values())}
    return {**keys, SESSION_VARIABLE: "".join(secrets.choice(_SESSION_LETTERS) for _ in range(32))}
