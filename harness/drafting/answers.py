"""What nobody but the owner knows, as options or prompts gave it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Answers:
    """What the owner said."""

    base_url: str | None = None
    name: str | None = None
    """Of the target; None: the document's title."""
    environment: str = "staging"
    usernames: Mapping[str, str] = field(default_factory=dict)
    """By identity: `admin`, `second`, `plain`."""
    header: str | None = None
    """`HEADER: TEMPLATE`, how a credential rides where the document does not say."""
    allow: Sequence[str] = ()
    """Prefixes that URL fields may have."""
    proof: bool = False
    """Whether the host's owner has to be asked."""


def environment_names(secret: str) -> dict[str, str]:
    """By identity, the variable that holds what is secret of it; `secret` is `KEY`, `TOKEN` or `PASSWORD`."""
    return {name: f"{name.upper()}_{secret}" for name in ("admin", "second", "plain")}
