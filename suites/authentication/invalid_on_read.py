"""Invalid on read: a bad credential on a read is refused, or shows exactly what a guest is shown.

## Why it matters

A read that guests may do seems to need no check, so that a bad key there is often taken for none, or not looked at.
Two things follow. Whoever's key has died is not told, and goes on believing that it works. And where the check has a
hole, it is open on reads as well: a privileged name with any key is then shown drafts and what else only release
managers see. In python.org's first fix the test of this very case went from "200 or 401" to "401".

## How the verdict is reached

On every read, public or not, the entitled identity's answer and a guest's are looked at first. Then come credentials
that are wrong, missing a part or malformed. 401 or 403 is HELD; 400 is, where the credential no longer parses. A
guest's view is HELD, too, unless the target file asks for refusals (`invalid_on_read: strict`): then it is WEAK.
LEAKED is whatever shows more than a guest sees: the marker of an object that is not published, a view that only the
entitled has, or on a read that is not public an answer like theirs.

## How to fix it

Where a credential is shown, check it, whatever the method; and refuse the request if it is bad. Only a request with
none is a guest's.

Django REST Framework: raise in the authentication class. `IsAuthenticatedOrReadOnly` is then asked about real callers
and real guests alone. A header of a foreign scheme is passed over by `TokenAuthentication`; refuse what no class took:

    class NothingUnread(BaseAuthentication):  # the last of the list
        def authenticate(self, request):
            if get_authorization_header(request):
                raise AuthenticationFailed("not a credential of this API")

        def authenticate_header(self, request):
            return "Token"

tastypie: let guests in by the absence of the header, not by the failure of the check, as in

    if "Authorization" not in request.headers:
        return request.method in {"GET", "HEAD", "OPTIONS"}
    return super().is_authenticated(request, **kwargs) is True

FastAPI: with `auto_error=False` a malformed credential and none look the same. Read the header yourself:

    if header is not None and (account := account_of(header)) is None:
        raise HTTPException(401)

Flask: the same in `before_request`, for every method:

    if "Authorization" in request.headers and account_of(request) is None:
        abort(401)

## References

- CWE-287 (improper authentication)
- OWASP API Security Top 10 2023: API2; OWASP ASVS 5: 8.2.2
- python.org release API, 2026: github.com/python/pythondotorg, commits 22847c5b and 18732c93
"""

from collections.abc import Iterator
from dataclasses import replace

from harness.family import OPENED, READS, Bend, Control, Expect, Family, Mutant, Severity

FAMILY = Family(severity=Severity.MEDIUM, cwe=(287,), owasp="API2:2023", on=READS, public=True)

ARBITRARY = "anything_here"


def _shown(mutant: Mutant) -> Mutant:
    """Refused, or shown what a guest is."""
    return replace(mutant, expect=Expect.GUEST_VIEW, forbids=OPENED)


def _words(control: Control) -> tuple[str, str] | None:
    """Scheme and rest of a credential with an arbitrary key; None where it has no scheme."""
    if not control.channel.scheme:
        return None
    scheme, _, rest = control.channel.value(control.username, ARBITRARY).partition(" ")
    return scheme, rest


@FAMILY.mutation
def arbitrary_key(control: Control) -> Iterator[Mutant]:
    """The key is an arbitrary word."""
    yield _shown(control.signed(key=ARBITRARY))


@FAMILY.mutation
def random_key_alike(control: Control) -> Iterator[Mutant]:
    """The key is random, of the real one's length and alphabet."""
    yield _shown(control.signed(key=control.own_key(Bend.RANDOM_ALIKE)))


@FAMILY.mutation
def last_char_changed(control: Control) -> Iterator[Mutant]:
    """The real key with another last character."""
    yield _shown(control.signed(key=control.own_key(Bend.LAST_CHANGED)))


@FAMILY.mutation
def first_char_changed(control: Control) -> Iterator[Mutant]:
    """The real key with another first character."""
    yield _shown(control.signed(key=control.own_key(Bend.FIRST_CHANGED)))


@FAMILY.mutation
def empty_key(control: Control) -> Iterator[Mutant]:
    """The key is empty."""
    if control.channel.scheme or control.channel.named:
        yield _shown(control.signed(key=""))


@FAMILY.mutation(named=True)
def name_alone(control: Control) -> Iterator[Mutant]:
    """The credential ends behind the name."""
    yield _shown(control.signed(key="", cut="name")).accepting(400)


@FAMILY.mutation
def escaped_nul_as_key(control: Control) -> Iterator[Mutant]:
    """The key is `%00`, which is a NUL to whoever decodes it."""
    yield _shown(control.signed(key="%00"))


@FAMILY.mutation
def scheme_alone(control: Control) -> Iterator[Mutant]:
    """The credential ends behind the scheme's word."""
    if control.channel.scheme:
        yield _shown(control.signed(username="", key="", cut="scheme")).accepting(400)


@FAMILY.mutation
def no_space(control: Control) -> Iterator[Mutant]:
    """There is no space between the scheme and an arbitrary key."""
    if words := _words(control):
        yield _shown(control.written("".join(words))).accepting(400)


@FAMILY.mutation
def two_spaces(control: Control) -> Iterator[Mutant]:
    """There are two spaces between the scheme and an arbitrary key."""
    if words := _words(control):
        yield _shown(control.written("  ".join(words))).accepting(400)


@FAMILY.mutation
def tab_for_space(control: Control) -> Iterator[Mutant]:
    """There is a tab between the scheme and an arbitrary key."""
    if words := _words(control):
        yield _shown(control.written("\t".join(words))).accepting(400)


@FAMILY.mutation
def trailing_comma(control: Control) -> Iterator[Mutant]:
    """There is a comma behind an arbitrary key."""
    if words := _words(control):
        yield _shown(control.written(" ".join(words) + ",")).accepting(400)
