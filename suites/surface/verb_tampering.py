"""Verb tampering: every method is decided upon, and not only those that a document mentions.

## Why it matters

A router serves more than was meant: a view of a whole resource comes with all its methods, a function is given a list
of them too many, one handler falls through to another. A check that asks who calls if the method is one of those that
it knows lets every other pass. What no document mentions, no test asks for, and no client misses. In python.org's API a
class served PUT and DELETE by default until a fix said which methods there are.

## How the verdict is reached

Where the document gives some methods of an object's path, the others of PUT, PATCH, DELETE and POST are sent to an
object of the run: without a credential, with a privileged name and an arbitrary key, and as an ordinary account. So are
a POST or PUT where an action is documented by the other. If the object changed, or is gone, that is BYPASSED, whatever
the status. Then the entitled identity sends the same. If it is let in, a refusal of the others is HELD. If it gets 404,
405 or 501, there is no such method: NOT-APPLICABLE(not-routed); if it is refused as they are, nobody is served:
NOT-APPLICABLE(not-served), and so it is where a method is answered as a read is, and does nothing. An answer that shows
the object to whom a GET does not is LEAKED.

Of documented actions a GET and a HEAD are sent, too, and of each documented write one with its method in small letters:
what compares methods letter by letter may let that pass, where the router behind it does not.

What `operations.never` names is not sent, and neither are other methods at the path of a write that it names. What
guests or ordinary accounts may do there in one way is not held against them in another.

## How to fix it

Ask who calls in front of everything that writes, by what a method is not:

    SAFE = {"GET", "HEAD", "OPTIONS"}
    if request.method not in SAFE and not caller.may_write:
        raise PermissionDenied

tastypie serves all methods unless told: `detail_allowed_methods = ["get", "delete"]` in `Meta`.

Django REST Framework: list the mixins that are meant in the place of `ModelViewSet`, or `http_method_names`. Plain
Django: `@require_POST` in front of a view that does something.

FastAPI: `@router.put(…)` for each method that is meant, and a dependency of the router, so that none is forgotten.
`router.api_route(…, methods=[…])` takes all that stand in it.

Flask: the same holds for `methods=[…]`. A guard in `before_request` asks for `request.method`, which is in capitals,
and not for the raw text in the environment. A middleware has to bring that into capitals by itself.

## References

- CWE-650 (trust in the method), CWE-288 (an alternate path)
- OWASP API Security Top 10 2023: API5, API8; OWASP ASVS 5: 4.1.4; OWASP WSTG-CONF-06; CAPEC-274
"""

from collections.abc import Iterator
from dataclasses import replace

from harness.family import Control, Family, Mutant, Severity

FAMILY = Family(severity=Severity.HIGH, cwe=(650, 288), owasp="API5:2023")


@FAMILY.mutation(undeclared=True)
def guest(control: Control) -> Iterator[Mutant]:
    """A method that the document does not mention, with no credential."""
    yield control.unsigned()


@FAMILY.mutation(undeclared=True)
def arbitrary_key(control: Control) -> Iterator[Mutant]:
    """A method that the document does not mention, with a key that is an arbitrary word."""
    yield control.signed(key="anything_here")


@FAMILY.mutation(undeclared=True, needs=("low",))
def low_privilege(control: Control) -> Iterator[Mutant]:
    """A method that the document does not mention, with an ordinary account's valid credential."""
    yield control.as_role("low")


@FAMILY.mutation
def small_letters(control: Control) -> Iterator[Mutant]:
    """The method in small letters, with no credential."""
    yield replace(control.unsigned().by_method(control.operation.method.lower()), likewise=True)


@FAMILY.mutation(on=frozenset({"POST", "PUT", "PATCH"}), none="not-served: it is no action on an object")
def read_of_an_action(control: Control) -> Iterator[Mutant]:
    """A GET or a HEAD at the path of an action, with no credential."""
    if not control.readable and "{" in control.operation.path:
        for method in ("GET", "HEAD"):
            sent = replace(control.unsigned().by_method(method), bodiless=True, likewise=True)
            yield sent.named(via=method.lower())
