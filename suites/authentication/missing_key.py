"""Missing key: naming a privileged account without giving a key yields no more than a guest has.

## Why it matters

A check that begins with "if there is a key" says nothing about requests without one. An empty key may equal the empty
column of an account that never had one, and a header that cannot be split may end in an error handler that lets the
request go on. python.org's later fixes made every header that is not one whole credential a refusal; until then some
of them counted as a guest's, and a browser session beside them was enough to write.

## How the verdict is reached

The entitled identity's request is shown to work, then sent again with the key left out, blank, or cut off with what
stands before it; and with nothing but the name, or the name and an empty key, in the query, a form or the JSON body.
401 or 403 with the state unchanged is HELD; where the credential is cut so that it no longer parses, 400 is a refusal,
too, and so are 400 and 415 for a form. A name is not sent where it would be data of the operation. Any effect is
BYPASSED, whatever the status. HTTP drops blanks at the end of a header, so a server may see several of these as one.

## How to fix it

Ask for all parts before looking anything up, and let whatever cannot be read be a refusal, not an absence. Only a
request with no credential header at all is a guest's.

Django REST Framework's `TokenAuthentication` does so for its own scheme and leaves other schemes to the next class;
the permission class must refuse what is left over. tastypie's `ApiKeyAuthentication` falls back to `username` and
`api_key` in query and form when the header is of no use. Close that door:

    class HeaderKey(ApiKeyAuthentication):
        def extract_credentials(self, request):
            name, colon, key = self.get_authorization_data(request).partition(":")
            if not (name and key.strip()):
                raise ValueError("name and key are both needed")
            return name, key

FastAPI: `auto_error=False` turns a missing credential into None, and then the None is yours to refuse. Flask: the
same holds for `request.authorization`.

    scheme, _, rest = header.partition(" ")
    name, _, key = rest.partition(":")
    if scheme.lower() != "apikey" or not (name and key.strip()):
        raise HTTPException(401)  # Flask: abort(401)

In the database, keep "no key" as a null and never as an empty text that an empty key would equal.

## References

- CWE-287, CWE-304 (a step of the authentication is missing), CWE-306, CWE-636 (not failing securely)
- OWASP API Security Top 10 2023: API2; OWASP ASVS 5: 6.3.4
- python.org release API, 2026: github.com/python/pythondotorg, pull request 3015, commit 18732c93
"""

from collections.abc import Iterator
from dataclasses import replace

from harness.family import WRITES_WITH_BODY, Control, Family, Mutant, Part, Severity

FAMILY = Family(severity=Severity.CRITICAL, cwe=(287, 304, 306, 636), owasp="API2:2023")

UNPARSABLE = frozenset({400})
"""A credential that is cut off may be refused as malformed."""


@FAMILY.mutation(smoke="once")
def empty_key(control: Control) -> Iterator[Mutant]:
    """The key is empty."""
    yield control.signed(key="")


@FAMILY.mutation(named=True, smoke="once")
def name_alone(control: Control) -> Iterator[Mutant]:
    """The credential ends behind the name."""
    yield replace(control.signed(key="", cut="name"), also=UNPARSABLE)


@FAMILY.mutation
def space_as_key(control: Control) -> Iterator[Mutant]:
    """The key is a space."""
    yield control.signed(key=" ")


@FAMILY.mutation
def tab_as_key(control: Control) -> Iterator[Mutant]:
    """The key is a tab."""
    yield control.signed(key="\t")


@FAMILY.mutation
def escaped_nul_as_key(control: Control) -> Iterator[Mutant]:
    """The key is `%00`, which is a NUL to whoever decodes it."""
    yield control.signed(key="%00")


@FAMILY.mutation(named=True)
def neither_name_nor_key(control: Control) -> Iterator[Mutant]:
    """Name and key are both empty."""
    yield control.signed(username="", key="")


@FAMILY.mutation(named=True)
def key_without_name(control: Control) -> Iterator[Mutant]:
    """The name is empty, the key an arbitrary word."""
    yield control.signed(username="", key="anything_here")


@FAMILY.mutation
def scheme_alone(control: Control) -> Iterator[Mutant]:
    """The credential ends behind the scheme's word."""
    if control.channel.scheme:
        yield replace(control.signed(username="", key="", cut="scheme"), also=UNPARSABLE)


@FAMILY.mutation
def other_scheme_alone(control: Control) -> Iterator[Mutant]:
    """The credential is another scheme's word and nothing else."""
    own = control.channel.scheme.lower()
    for word in ("Token", "Bearer"):
        if own and word.lower() != own:
            yield replace(control.written(word).named(case=word.lower()), also=UNPARSABLE)


def _fields(control: Control) -> tuple[str, str]:
    """Where name and key stand in query or body: the channel's own parameters, or else those that are usual."""
    own = {form: name for name, form in control.channel.parameters}
    return own.get("{username}", "username"), own.get("{key}", "api_key")


def _is_data(control: Control, place: str) -> bool:
    """Whether one of these is the operation's own, as a filter or as a field of the object, and not the channel's."""
    return control.channel.place != place and control.is_data(place, *_fields(control))


def _apart(control: Control, place: str) -> bool:
    """Whether there is a name to send there, where it is neither data nor what `name-alone` and `empty-key` send."""
    return bool(control.username) and control.channel.place != place and not _is_data(control, place)


def _name(control: Control) -> Part:
    return Part(of=control.identity.name, kind="username")


@FAMILY.mutation
def name_in_query(control: Control) -> Iterator[Mutant]:
    """No credential but the name, in the query."""
    if _apart(control, "query"):
        yield control.unsigned().with_query(_fields(control)[0], _name(control))


@FAMILY.mutation
def empty_key_in_query(control: Control) -> Iterator[Mutant]:
    """No credential but the name and an empty key in the query, given once or twice."""
    if _apart(control, "query"):
        name, key = _fields(control)
        once = control.unsigned().with_query(name, _name(control)).with_query(key, "")
        yield once.named(case="once")
        yield once.with_query(key, "").named(case="twice")


@FAMILY.mutation(on=WRITES_WITH_BODY)
def name_in_form(control: Control) -> Iterator[Mutant]:
    """No credential but the name, in a body that is sent as a form."""
    if _apart(control, "form"):
        form = control.unsigned().with_field(_fields(control)[0], _name(control)).encoded("form")
        yield form.accepting(400, 415)


@FAMILY.mutation(on=WRITES_WITH_BODY)
def empty_key_in_body(control: Control) -> Iterator[Mutant]:
    """No credential but the name and an empty value for a key, in the JSON body."""
    if control.username and control.channel.place != "form" and not _is_data(control, "json"):
        name, key = _fields(control)
        for case, value in (("null", None), ("text", ""), ("list", []), ("object", {}), ("false", False)):
            if value != "" or _apart(control, "json"):
                yield control.unsigned().with_field(name, _name(control)).with_field(key, value).named(case=case)


@FAMILY.mutation(on=WRITES_WITH_BODY)
def name_in_body(control: Control) -> Iterator[Mutant]:
    """No credential but the name, in the JSON body."""
    if control.channel.place != "form" and _apart(control, "json"):
        yield control.unsigned().with_field(_fields(control)[0], _name(control))
