"""A claim about an API, and the named ways to put it to the test."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from harness.errors import UsageError
from harness.family.control import Control
from harness.model import WRITES, Mutant, Outcome, Severity

Smoke = Literal["", "once", "each", "kind"]
"""Where the smoke profile sends a mutation: nowhere, through the one operation that shows it cheapest, through each
door (making an object of each kind, writing on one, and each action), or also through a change and the removal of each
kind."""


@dataclass(frozen=True, slots=True)
class Mutation:
    """One named way to change a control."""

    name: str
    title: str
    """First line of its docstring."""
    make: Callable[[Control], Iterator[Mutant]]
    needs: tuple[str, ...] = ()
    """Roles asked for beyond the family's."""
    parent: str | None = None
    """The mutation with one dimension less."""
    on: frozenset[str] = WRITES
    """Methods that it changes."""
    named: bool = False
    """Whether it is about the name in a credential, and so about channels that carry one."""
    none: str = "no-channel"
    """Why there is nothing to test where it yields no mutant."""
    exposes: bool = False
    """Whether it puts a valid key where access logs keep it."""
    worst: Outcome = Outcome.BYPASSED
    """The gravest verdict that an effect of it comes to."""
    advisory: bool = False
    """Whether what it finds is told and does not fail a run."""
    smoke: Smoke = ""
    itself: bool = False
    """Whether it is about accounts that change themselves, and so about the operations by which they may."""
    by: str = ""
    """Role whose request is changed, and so is the control, or `guest` for public operations; `holder` for operations
    that ask for a proof, whoever else may send them; empty for the entitled identity's."""
    undeclared: bool = False
    """Whether it is asked of writes on objects that the document does not mention, and of those alone."""
    others: bool = False
    """Whether it is about what belongs to somebody else: that one may do it to objects of one's own is no answer."""


@dataclass(frozen=True, slots=True)
class Family:
    """A claim, where it applies, and how grave its breach is."""

    severity: Severity
    cwe: tuple[int, ...]
    owasp: str
    needs: tuple[str, ...] = ("admin",)
    on: frozenset[str] = WRITES
    public: bool = False
    """Whether it is also asked of reads that guests may do."""
    waived_by: str = ""
    """Policy of a target under which there is nothing to test, as `word: value`; empty for none."""
    passive: bool = False
    """Whether it sends nothing, and listens to what the others are answered."""
    url_fields: bool = False
    """Whether it is asked once for each URL field of the body, and not of the credential."""
    scopes: bool = False
    """Whether it is asked of writes that reach every object of what their query names, and of those alone."""
    lists: bool = False
    """Whether it is asked of whole lists: once for each method that writes on one, documented or not."""
    logins: bool = False
    """Whether it is asked of the logins by which identities get their tokens, and of those alone."""
    ways: bool = False
    """Whether it is asked of all ways in but the control's, and tells of those that nothing can be sent for."""
    covers: bool = False
    """Whether it tells of URL fields for which the target file has no rule, and of those that no probe reaches."""
    name: str = ""
    """Name of its file, with dashes."""
    page: str = ""
    """Its docstring."""
    file: Path = Path()
    mutations: dict[str, Mutation] = field(default_factory=dict)

    @property
    def claim(self) -> str:
        """First line of its page."""
        return self.page.partition("\n")[0]

    def mutation(
        self,
        make: Callable[[Control], Iterator[Mutant]] | None = None,
        /,
        *,
        needs: tuple[str, ...] = (),
        parent: str | None = None,
        on: frozenset[str] | None = None,
        named: bool = False,
        none: str = "no-channel",
        exposes: bool = False,
        worst: Outcome = Outcome.BYPASSED,
        advisory: bool = False,
        smoke: Smoke = "",
        itself: bool = False,
        by: str = "",
        undeclared: bool = False,
        others: bool = False,
    ) -> Callable[..., object]:
        """Registers a generator function as a mutation, named after it. A name used twice is refused."""

        def register(function: Callable[[Control], Iterator[Mutant]]) -> Callable[[Control], Iterator[Mutant]]:
            name = function.__name__.replace("_", "-")
            if name in self.mutations:
                raise UsageError(f"mutation {name} is defined twice in one family; give one of them another name")
            title = (function.__doc__ or "").strip().partition("\n")[0]
            if not title:
                raise UsageError(f"mutation {name} has no docstring; its first line is its title")
            methods = on or self.on
            self.mutations[name] = Mutation(
                *(name, title, function, needs, parent, methods, named, none),
                *(exposes, worst, advisory, smoke, itself, by, undeclared, others),
            )
            return function

        return register(make) if make else register
