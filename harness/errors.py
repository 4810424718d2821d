"""What can go wrong before or outside a verdict.

    HoldfastError            exit code, and one clear line
    ├── UsageError      2    flags, folders, selections
    │   ├── ConfigError      the target file; one line per problem, as file:line:column
    │   └── DocumentError    the OpenAPI document
    ├── Unreachable     3    target or document cannot be reached
    ├── Unwritable      3    the run can no longer be kept: a full disk
    ├── Leaked          4    a secret stood in what was written
    └── Unsafe          4    going on might harm the target

Every message says what is wrong, where, and what to do next; none holds a secret.
"""

from collections.abc import Sequence
from dataclasses import dataclass


class HoldfastError(Exception):
    """An error that ends the command with `exit_code` and its own text, never with a traceback."""

    exit_code = 2


class UsageError(HoldfastError):
    """The command cannot start as it was called."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong in a file that the user wrote."""

    where: str
    """`file:line:column`, or the file alone."""
    what: str
    """What is wrong and what to do, in one line, with no secret in it."""

    def __str__(self) -> str:
        return f"{self.where}: {self.what}"


class ConfigError(UsageError):
    """The target file is wrong; every problem found is listed, a line each."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = tuple(problems)


class DocumentError(UsageError):
    """The OpenAPI document cannot be read."""


class Unreachable(HoldfastError):
    """Nothing answers at the target, or it does not serve its document."""

    exit_code = 3


class Unwritable(HoldfastError):
    """What a run does can no longer be written down, so nothing more may be sent."""

    exit_code = 3


class Leaked(HoldfastError):
    """A file of the run held a secret; it is gone, and the run counts for nothing."""

    exit_code = 4


class Unsafe(HoldfastError):
    """The run was stopped because something that it must not touch has changed."""

    exit_code = 4
