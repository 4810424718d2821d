"""What the document says that may be sent."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from harness.model.words import WRITES, Json

FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True, slots=True)
class Parameter:
    """A path, query or header parameter of an operation."""

    name: str
    place: str
    """`path`, `query` or `header`."""
    required: bool
    schema: Mapping[str, Json]


@dataclass(frozen=True, slots=True)
class Operation:
    """One method on one path template of the document."""

    method: str
    path: str
    """Template as in the document, with the base path in front: `/api/v1/things/{id}/`."""
    parameters: tuple[Parameter, ...] = ()
    body_schema: Mapping[str, Json] | None = field(default=None, repr=False)
    """JSON Schema of the body with every reference resolved; None where there is neither a JSON body nor a form."""
    answer_schema: Mapping[str, Json] | None = field(default=None, repr=False)
    """JSON Schema of the 2xx JSON answer, resolved; None where none is told."""
    media_type: str = "application/json"
    """What the body calls itself."""
    declared_open: bool = False
    """Whether the document says that no credential is needed."""
    declared_guarded: bool = False
    """Whether the document says that one is."""
    line: int = 0
    """Line of the operation in the document, from 1; 0 where unknown."""
    broken: str = ""
    """Why the document's words for it cannot be read; empty where they can."""
    undeclared: bool = False
    """Whether the document does not mention it, though it does its path: nobody need be served it."""
    replaces: bool = False
    """Whether it is aimed at an object that is there, where it makes one under a new name, too."""

    @property
    def name(self) -> str:
        """`METHOD /template`."""
        return f"{self.method} {self.path}"

    @property
    def aim(self) -> str:
        """Its name, told apart where it is aimed at what it could make, too."""
        return f"{self.name} there" if self.replaces else self.name

    @property
    def in_a_form(self) -> bool:
        """Whether its body is a form of names and values, and no JSON."""
        return self.media_type == FORM

    @property
    def writes(self) -> bool:
        """Whether the method is an unsafe one."""
        return self.method in WRITES
