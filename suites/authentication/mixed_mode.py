"""Mixed mode: a request is a guest's or a key's, and no decision is made of both.

## Why it matters

A server that serves guests and keys alike has to say which of the two a request is, once. Where the answer is put
together from parts (no key found, so a guest; but a session is there, so somebody; and a name is given, so them) a
failed check in one part can pass for a success in another. So it was on python.org: one hook served the guest branch
and the key check, and a wrong key came out as its opposite. After that was mended, a malformed header still counted
as no header, and the session beside it decided.

## How the verdict is reached

Writes: the entitled identity's request is shown to work, then sent with a privileged session and a key that is
missing, torn, too long, bent or somewhere else. (The plainest of these stand under session-without-key.) 401 or 403
with the state unchanged is HELD, and 400 where the credential no longer parses; an effect is BYPASSED.

Reads: the same kinds of bad key are sent to lists and single objects, with and without a session. A refusal is HELD,
and so is exactly what a guest is shown. LEAKED is whatever shows more: the marker of an object that guests may not
see, or on a read that is not public what the entitled is served. To see the difference on a public read, the target
file has to say how an unpublished object is made.

## How to fix it

Decide once, before anything else: a request without the credential's header is a guest's, any other is a key's, and
in that branch everything but one whole valid credential is a refusal. Do not fall back from one to the other.

tastypie: two branches, neither of which calls the other, and no user from before:

    def is_authenticated(self, request, **kwargs):
        request.user = AnonymousUser()
        if "Authorization" not in request.headers:
            return request.method in {"GET", "HEAD", "OPTIONS"}
        return super().is_authenticated(request, **kwargs) is True

Django REST Framework: an authentication class that answers None passes the request on to the next class, and at last
to the guest. For a header that is there but of no use, raise:

    if get_authorization_header(request):
        raise AuthenticationFailed("not a whole credential")
    return None

FastAPI: `auto_error=False` on several security dependencies, joined by `or`, is this mistake in one line. Have one
dependency that takes the whole request and answers an account, a guest, or raises.

Flask: one `before_request` that sets `g.account` and one source for it; nothing reads `session` behind it.

## References

- CWE-287, CWE-303 (authentication done wrongly), CWE-636 (not failing securely)
- OWASP API Security Top 10 2023: API2; OWASP ASVS 5: 6.3.4
- python.org release API, 2026: github.com/python/pythondotorg, commits 22847c5b and 18732c93
"""

from collections.abc import Iterator
from dataclasses import replace

from harness.family import (
    OPENED,
    READS,
    WRITES,
    Bend,
    Control,
    Expect,
    Family,
    Forbid,
    Mutant,
    Part,
    Severity,
)

FAMILY = Family(severity=Severity.CRITICAL, cwe=(287, 303, 636), owasp="API2:2023", on=WRITES | READS, public=True)

ARBITRARY = "anything_here"
NOBODY = "nobody-7f3a91c05d2e4b68"


def _session(control: Control, value: str | Part) -> Iterator[Mutant]:
    """A privileged session, and this in the header where the key belongs."""
    if control.channel.place == "header":
        yield control.as_role("session").with_header(control.channel.header, value)


def _shown(mutant: Mutant) -> Mutant:
    """The same of a read: refused, or shown what a guest is."""
    return replace(mutant, expect=Expect.GUEST_VIEW, forbids=OPENED)


@FAMILY.mutation(needs=("session",), on=WRITES, smoke="once")
def session_and_scheme_alone(control: Control) -> Iterator[Mutant]:
    """A privileged session, and a header that ends behind the scheme."""
    if control.channel.scheme:
        yield from (one.accepting(400) for one in _session(control, control.channel.scheme))


@FAMILY.mutation(needs=("session",), on=WRITES, named=True)
def session_and_empty_key(control: Control) -> Iterator[Mutant]:
    """A privileged session, and the account's name with an empty key."""
    yield from _session(control, control.channel.value(control.username, ""))


@FAMILY.mutation(needs=("session",), on=WRITES, named=True)
def session_and_three_parts(control: Control) -> Iterator[Mutant]:
    """A privileged session, and a credential with a third part behind name and key."""
    yield from (one.accepting(400) for one in _session(control, control.channel.value(control.username, "any:thing")))


@FAMILY.mutation(needs=("session",), on=WRITES)
def session_and_bent_key(control: Control) -> Iterator[Mutant]:
    """A privileged session, and the real key with another last character."""
    if not control.channel.encoded:
        before, _, after = control.channel.value(control.username, "{key}").partition("{key}")
        bent = replace(control.own_key(Bend.LAST_CHANGED), before=before, after=after)
        yield from _session(control, bent)


@FAMILY.mutation(needs=("session",), on=WRITES)
def session_and_key_in_query(control: Control) -> Iterator[Mutant]:
    """A privileged session, and an arbitrary key in the query."""
    if control.channel.place == "header" and not control.is_data("query", "api_key"):
        yield control.as_role("session").with_query("api_key", ARBITRARY)


@FAMILY.mutation(needs=("session", "admin2"), on=WRITES, named=True)
def session_and_other_name(control: Control) -> Iterator[Mutant]:
    """A privileged session, and another privileged account's name with an arbitrary key."""
    other = control.roles["admin2"].username
    if other:
        yield from _session(control, control.channel.value(other, ARBITRARY))


@FAMILY.mutation(on=READS)
def malformed_key_on_read(control: Control) -> Iterator[Mutant]:
    """A read with a credential that ends before its key."""
    if control.channel.scheme or control.channel.named:
        yield _shown(control.signed(key="", cut="name").accepting(400))


@FAMILY.mutation(on=READS, named=True)
def unknown_name_on_read(control: Control) -> Iterator[Mutant]:
    """A read with a name that no account has and an arbitrary key."""
    yield _shown(control.signed(username=NOBODY, key=ARBITRARY))


@FAMILY.mutation(on=READS)
def wrong_key_on_read(control: Control) -> Iterator[Mutant]:
    """A read with the privileged name and an arbitrary key."""
    yield _shown(control.signed(key=ARBITRARY))


@FAMILY.mutation(on=READS, parent="wrong-key-on-read")
def wrong_key_and_filter_on_read(control: Control) -> Iterator[Mutant]:
    """A read with the privileged name and an arbitrary key, that asks for what is unpublished."""
    mutant = control.signed(key=ARBITRARY).with_query("is_published", "false").accepting(400)
    yield replace(mutant, expect=Expect.GUEST_VIEW, forbids=(Forbid("marker-read"),))


@FAMILY.mutation(needs=("session",), on=READS, parent="malformed-key-on-read")
def session_and_malformed_key_on_read(control: Control) -> Iterator[Mutant]:
    """A read with a privileged session, and a credential that ends before its key."""
    torn = control.channel.value(control.username, "", "name")
    if torn:
        yield from (_shown(one.accepting(400)) for one in _session(control, torn))


@FAMILY.mutation(needs=("session",), on=READS, named=True, parent="unknown-name-on-read")
def session_and_unknown_name_on_read(control: Control) -> Iterator[Mutant]:
    """A read with a privileged session, and a name that no account has with an arbitrary key."""
    yield from (_shown(one) for one in _session(control, control.channel.value(NOBODY, ARBITRARY)))


@FAMILY.mutation(needs=("session",), on=READS, parent="wrong-key-on-read")
def session_and_wrong_key_on_read(control: Control) -> Iterator[Mutant]:
    """A read with a privileged session, and the account's name with an arbitrary key."""
    yield from (_shown(one) for one in _session(control, control.channel.value(control.username, ARBITRARY)))
