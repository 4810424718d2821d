"""Fabricated key: a request that names a privileged account with a key that is not its own is refused.

## Why it matters

This is the hole that stood in python.org's release API from 2014 until February 2026: the username of a release
manager and any text as the key made the caller that manager. Download URLs and the addresses of signatures could be
rewritten. The cause was one shared failure path: a hook that had been overridden to admit guests was also what the
key check called to say "wrong key", so the failure read as a success. A made-up username never reached that code.
Only a real, privileged name with a wrong key does, and that is what is sent here.

## How the verdict is reached

The entitled identity sends the request with its own key, and the effect is read back; this proves the name, the body
and the reader. Then only the key changes: to a plain word, to the real key with one character changed, to values that
loose comparisons take for equal, to a hash of the key (which a server that compares stored hashes directly would take).
Other privileged accounts are named, too, one of them with no key at all, if the target file has them: with any word,
with an empty key, and with the words by which programs write that there is none, for a key that is compared as text
may be `None`. 401 or 403 with
the state unchanged is HELD. Any effect is BYPASSED, whatever the status: a server may act first and fail later. A crash
that comes again is CRASHED, since a check that falls over is not a refusal. A bent key that comes out equal to the real
one is left out and said to be so.

## How to fix it

Fail closed: one function answers either an account or a refusal, every way out of it but one is the refusal, and
guests are told apart before it is called. Compare whole keys, in constant time, as bytes.

tastypie: never override `_unauthorized`; `get_key` calls it for wrong keys, and whatever is truthy and no
`HttpUnauthorized` counts as a success there. Give guests a branch of their own:

    class KeyOrGuest(ApiKeyAuthentication):
        def is_authenticated(self, request, **kwargs):
            if "Authorization" not in request.headers:
                request.user = AnonymousUser()
                return request.method in {"GET", "HEAD", "OPTIONS"}
            return super().is_authenticated(request, **kwargs) is True

Django REST Framework: in your own authentication class `return None` means "no credential of mine, go on as a guest".
A wrong key must raise:

    raise AuthenticationFailed("wrong name or key")

FastAPI and Flask:

    account = accounts.get(name)
    stored = account.key_hash if account else DECOY_HASH
    if not secrets.compare_digest(stored, sha256(key.encode()).digest()) or account is None:
        raise HTTPException(401)  # Flask: abort(401)

## References

- CWE-287, CWE-303, CWE-305 (authentication done wrongly or in part), CWE-636 (not failing securely), CWE-697
  (comparison)
- OWASP API Security Top 10 2023: API2; OWASP WSTG-ATHN-04; OWASP ASVS 5: 6.3.4, 8.2.1, 16.5.3; CAPEC-115
- PSF advisory of 2026-06-23 on python.org's release API; github.com/python/pythondotorg, pull request 2946
- The same snippet elsewhere: github.com/BreakingBytes/pvfree/issues/79
"""

from collections.abc import Iterator

from harness.family import Bend, Control, Family, Mutant, Part, Severity

FAMILY = Family(severity=Severity.CRITICAL, cwe=(287, 303, 305, 636, 697), owasp="API2:2023")

ARBITRARY = "anything_here"
NOTHINGS = ("null", "undefined", "None", "nil", "NULL", "0", "false")
"""What programs write where there is no value; a key that is not there may come out as one of them."""


@FAMILY.mutation(smoke="each")
def arbitrary_key(control: Control) -> Iterator[Mutant]:
    """The key is an arbitrary word."""
    yield control.signed(key=ARBITRARY)


@FAMILY.mutation
def random_key_alike(control: Control) -> Iterator[Mutant]:
    """The key is random, of the real one's length and alphabet."""
    yield control.signed(key=control.own_key(Bend.RANDOM_ALIKE))


@FAMILY.mutation(smoke="once")
def last_char_changed(control: Control) -> Iterator[Mutant]:
    """The real key with another last character."""
    yield control.signed(key=control.own_key(Bend.LAST_CHANGED))


@FAMILY.mutation
def first_char_changed(control: Control) -> Iterator[Mutant]:
    """The real key with another first character."""
    yield control.signed(key=control.own_key(Bend.FIRST_CHANGED))


@FAMILY.mutation(smoke="once")
def case_swapped(control: Control) -> Iterator[Mutant]:
    """The real key with upper and lower case swapped."""
    yield control.signed(key=control.own_key(Bend.CASE_SWAPPED))


@FAMILY.mutation
def reversed_key(control: Control) -> Iterator[Mutant]:
    """The real key, backwards."""
    yield control.signed(key=control.own_key(Bend.REVERSED))


@FAMILY.mutation
def shortened_key(control: Control) -> Iterator[Mutant]:
    """The real key without its last character."""
    yield control.signed(key=control.own_key(Bend.SHORTENED))


@FAMILY.mutation
def lengthened_key(control: Control) -> Iterator[Mutant]:
    """The real key with one more character."""
    yield control.signed(key=control.own_key(Bend.LENGTHENED))


@FAMILY.mutation
def literal_key(control: Control) -> Iterator[Mutant]:
    """The key is a word that programs use for nothing, for truth or for everything."""
    for word in (*NOTHINGS, "true", "*"):
        yield control.signed(key=word).accepting(400).named(case=word)


@FAMILY.mutation
def username_as_key(control: Control) -> Iterator[Mutant]:
    """The key is the account's own name."""
    if control.username:
        yield control.signed(key=Part(of=control.identity.name, kind="username"))


@FAMILY.mutation
def word_guest(control: Control) -> Iterator[Mutant]:
    """The key is the word `guest`."""
    yield control.signed(key="guest")


@FAMILY.mutation
def zeros(control: Control) -> Iterator[Mutant]:
    """The key is zeros, as many as the real one has characters."""
    yield control.signed(key=control.own_key(Bend.ZEROS))


@FAMILY.mutation
def loose_number(control: Control) -> Iterator[Mutant]:
    """The key is a text that loose comparisons read as the number 0."""
    yield control.signed(key="0e123456789012345678901234567890")


@FAMILY.mutation
def hashed_key(control: Control) -> Iterator[Mutant]:
    """The key is a hash of the real one, as a database might keep it."""
    yield control.signed(key=control.own_key(Bend.HASHED_SHA1)).named(case="sha1")
    yield control.signed(key=control.own_key(Bend.HASHED_SHA256)).named(case="sha256")


@FAMILY.mutation(needs=("admin2",), named=True)
def second_admin_arbitrary_key(control: Control) -> Iterator[Mutant]:
    """The name is that of another privileged account, the key an arbitrary word."""
    other = control.roles["admin2"]
    if other.username:
        yield control.signed(username=Part(of=other.name, kind="username"), key=ARBITRARY)


@FAMILY.mutation(needs=("admin-nokey",), named=True, smoke="once")
def keyless_admin_arbitrary_key(control: Control) -> Iterator[Mutant]:
    """The name is that of a privileged account that never had a key, the key an arbitrary word."""
    if control.roles["admin-nokey"].username:
        yield control.signed(username=control.name_of("admin-nokey"), key=ARBITRARY)


@FAMILY.mutation(needs=("admin-nokey",), named=True)
def keyless_admin_no_key(control: Control) -> Iterator[Mutant]:
    """The name is that of a privileged account that never had a key, and so is the key: none, or a word for it."""
    if control.roles["admin-nokey"].username:
        for case, key in (("empty", ""), *((word, word) for word in NOTHINGS)):
            mutant = control.signed(username=control.name_of("admin-nokey"), key=key)
            yield mutant.accepting(400).named(case=case)
