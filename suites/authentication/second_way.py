"""Second way: every way to show a credential asks for the account's own key.

## Why it matters

An API that is read by scripts, by a page and by a build server takes keys in a header, a session, and a name with a
password in Basic. Each way was written at another time, by another hand, and most of the tests go through the one that
everybody uses. The other is a whole door: where it forgets to compare, or compares with what an account does not have,
the best check on the first one is of no use. The document says that the way is there, and so tells everybody where to
knock.

## How the verdict is reached

Tried are all ways that the target file names under `auth`, and the security schemes of the document that it does not
name, but for the one that the control takes. The entitled identity's request is shown to work by its own way. Then it
goes out by the other one alone, with that identity's real name, or that of a privileged account that the target file
has there, and a key that is not its own: an arbitrary one, none, the word for none, the name itself, the real one with
one character changed, an ordinary account's. 401 or 403 with the state unchanged is HELD; an effect is BYPASSED,
whatever the status. A scheme of the document that nothing can be sent for is listed as not tested.

## How to fix it

Have one function that answers an account for a name and a key, or a refusal, and let every way in call that one. Take
ways that nobody needs out of the code, and out of the document.

Django REST Framework: each of `authentication_classes` is a door, and one that returns a user has opened it.

    REST_FRAMEWORK = {"DEFAULT_AUTHENTICATION_CLASSES": ["rest_framework.authentication.TokenAuthentication"]}

tastypie: `MultiAuthentication` takes the first class that says yes; each of them has to say no by itself.

FastAPI: with `auto_error=False` a dependency gives what was sent, and checks nothing; compare it in the function that
takes them all.

    def caller(key: str | None = Security(header), basic: HTTPBasicCredentials | None = Security(optional_basic)):
        account = by_key(key) or (basic and by_password(basic.username, basic.password))
        if account is None:
            raise HTTPException(401)
        return account

Flask: `request.authorization` is what the caller wrote; look the password's hash up, and refuse what has none.

## References

- CWE-287, CWE-303 (authentication done wrongly), CWE-288 (another path or channel)
- OWASP API Security Top 10 2023: API2; OWASP ASVS 5: 6.1.3, 6.3.4; OWASP WSTG-ATHN-10
"""

from collections.abc import Iterator

from harness.family import Bend, Control, Family, Mutant, Part, Severity

FAMILY = Family(severity=Severity.CRITICAL, cwe=(287, 303, 288), owasp="API2:2023", ways=True)

ARBITRARY = "anything_here"

NO_WAY = "no-channel: the document and the target file name no other way in"
NO_NAME = "no-channel: no other way in carries a name"


@FAMILY.mutation(none=NO_WAY)
def arbitrary_key(control: Control) -> Iterator[Mutant]:
    """The real name, where one rides there, with an arbitrary key."""
    for way in control.other_ways:
        yield control.by_way(way, ARBITRARY)


@FAMILY.mutation(none=NO_WAY)
def no_key(control: Control) -> Iterator[Mutant]:
    """The real name with no key, or with a word for none."""
    for way in control.other_ways:
        yield control.by_way(way, "").named(case="empty")
        yield control.by_way(way, "None").named(case="word")


@FAMILY.mutation(none=NO_NAME)
def name_as_key(control: Control) -> Iterator[Mutant]:
    """The key is the account's own name."""
    for way in control.other_ways:
        if control.at_way(way).username:
            yield control.by_way(way, Part(of=control.at_way(way).name, kind="username"))


@FAMILY.mutation(none=NO_WAY)
def bent_key(control: Control) -> Iterator[Mutant]:
    """The real key with another last character, or without it."""
    for way in control.other_ways:
        for case, bend in (("last-changed", Bend.LAST_CHANGED), ("shortened", Bend.SHORTENED)):
            yield control.by_way(way, Part(of=control.at_way(way).name, bend=bend)).named(case=case)


@FAMILY.mutation(needs=("low",), exposes=True, none=NO_NAME)
def low_key(control: Control) -> Iterator[Mutant]:
    """The real name with an ordinary account's valid key."""
    for way in control.other_ways:
        if way.named:
            yield control.by_way(way, control.key_of("low"))


@FAMILY.mutation(needs=("admin-nokey",), none=NO_NAME)
def keyless_admin(control: Control) -> Iterator[Mutant]:
    """The name of a privileged account that never had a key, with an arbitrary key, none, or the word for none."""
    for way in control.other_ways:
        for case, key in (("arbitrary", ARBITRARY), ("empty", ""), ("word", "None")):
            if way.named and control.roles["admin-nokey"].username:
                yield control.by_way(way, key, control.name_of("admin-nokey")).named(case=case)
