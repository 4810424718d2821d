"""Leave to reach further than what a run has made: for targets that can be thrown away, by their owner's word."""

from dataclasses import dataclass

from harness.config import Target


@dataclass(frozen=True, slots=True)
class Permission:
    """What the command line says of probes that may reach more than the run has made."""

    bulk: bool = False
    """`--allow-bulk`."""
    snapshot: str = ""
    """`--snapshot ID`: what the target can be put back to."""


NO_LEAVE = Permission()


def withheld(target: Target, permission: Permission) -> str:
    """Why such probes are not sent: a NOT-APPLICABLE reason; empty where they are.

    A local target on this machine needs no leave.
    """
    if target.environment == "local" and target.base_url.is_loopback:
        return ""
    words = {
        "`disposable: true` in the target file": target.disposable,
        "--allow-bulk": permission.bulk,
        "--snapshot ID": permission.snapshot != "",
    }
    missing = [word for word, there in words.items() if not there]
    if not missing:
        return ""
    return f"needs-disposable: it may reach more than a run makes; it takes {', '.join(missing)}"
