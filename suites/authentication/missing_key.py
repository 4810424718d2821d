"""Missing key: naming a privileged account without giving a key yields no more than a guest has.

## Why it matters

A check that begins with "if there is a key" says nothing about requests without one. An empty key may equal the empty
column of an account that never had one, and a header that cannot be split may end in an error handler that lets the
request go on. python.org's later fixes made every header that is not one whole credential a refusal; until then some
of them counted as a guest's, and a browser session beside them was enough to write.

## How the verdict is reached

The entitled identity's request is shown to work, then sent again with the key left out, blank, or cut off with what
stands before it. 401 or 403 with the state unchanged is HELD; where the credential is cut so that it no longer
parses, 400 is a refusal, too. Any effect is BYPASSED, whatever the status. HTTP drops blanks at the end of a header,
so a server may see several of these as one.

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

from harness.family import Control, Family, Mutant, Severity

FAMILY = Family(severity=Severity.CRITICAL, cwe=(287, 304, 306, 636), owasp="API2:2023")

UNPARSABLE = frozenset({400})
"""A credential that is cut off may be refused as malformed."""


@FAMILY.mutation
def empty_key(control: Control) -> Iterator[Mutant]:
    """The key is empty."""
    yield control.signed(key="")


@FAMILY.mutation(named=True)
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
