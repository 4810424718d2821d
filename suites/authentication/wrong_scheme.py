"""Wrong scheme: a credential under another scheme, or in a header of another name, gives no more than a guest has.

## Why it matters

Frameworks let several authentication classes take turns, and each passes on what is not its own. What none of them
takes ends as a guest, or worse, in the branch of a proxy or a plug-in that trusts any `X-API-Key`. On the vulnerable
python.org a header of another scheme made the server look into the query instead, where a real name and any key were
enough to write.

## How the verdict is reached

The entitled identity's request is shown to work. Then its real name and an arbitrary key are sent under schemes that
are not the target's own, and in headers by which other products take keys; a form that the target itself uses is left
out. 401 or 403 with the state unchanged is HELD; an effect is BYPASSED, whatever the status. One request carries the
valid key as a `Bearer` token: where that works, nobody got in who has no key, yet there is a second way in that the
target file does not name, and the finding is WEAK. If you want that way, name its channel in the target file.

## How to fix it

Accept one scheme in one header, and refuse a credential that is none of yours where it would otherwise be passed over.
Take the headers by which a proxy vouches for callers from that proxy alone, and drop them at the edge.

Django REST Framework: list one class in `DEFAULT_AUTHENTICATION_CLASSES`. A class that finds another scheme returns
None, and the permission has to refuse what is left:

    REST_FRAMEWORK = {
        "DEFAULT_AUTHENTICATION_CLASSES": ["rest_framework.authentication.TokenAuthentication"],
        "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticatedOrReadOnly"],
    }

tastypie: no `MultiAuthentication` over classes that you do not need; and override `extract_credentials`, so that
another scheme is not a reason to look into the query:

    def extract_credentials(self, request):
        return self.get_authorization_data(request).split(":", 1)

FastAPI: one security dependency on the router. Of two with `auto_error=False` the second decides what the first let
pass. Flask: `request.authorization` reads every scheme, so ask for yours by name:

    given = request.authorization
    if given is None or given.type != "apikey":
        abort(401)

## References

- CWE-287, CWE-303 (authentication done wrongly), CWE-288 (an alternate path or channel)
- OWASP API Security Top 10 2023: API2; OWASP WSTG-ATHN-10; OWASP ASVS 5: 6.1.3, 6.3.4
- python.org release API, 2026: github.com/python/pythondotorg, pull request 3015, commit 18732c93
"""

from collections.abc import Iterator

from harness.family import Control, Family, Mutant, Outcome, Part, Severity

FAMILY = Family(severity=Severity.HIGH, cwe=(287, 303, 288), owasp="API2:2023")

ARBITRARY = "anything_here"
SCHEMES = ("Bearer", "Token", "Basic", "Negotiate", "NTLM", "GoogleLogin", "ApiKey2", "Api-Key", "Session")
NAMING = {
    "digest": 'Digest username="{name}"',
    "aws": "AWS4-HMAC-SHA256 Credential={name}/",
    "hawk": 'Hawk id="{name}"',
}
KEY_HEADERS = (
    *("X-API-Key", "X-Api-Token", "Api-Key", "X-Auth-Token", "X-Access-Token"),
    *("Private-Token", "X-JFrog-Art-Api", "X-NuGet-ApiKey"),
)
CREDENTIAL_HEADERS = ("Proxy-Authorization", "X-Authorization", "X-Original-Authorization", "WWW-Authenticate")


def _name(control: Control) -> str:
    """The real name as a header carries it: each byte of its UTF-8 a character."""
    return control.username.encode().decode("latin-1")


def _name_and_key(control: Control) -> str:
    return f"{_name(control)}:{ARBITRARY}" if control.username else ARBITRARY


def _is_own(control: Control, header: str) -> bool:
    return control.channel.place == "header" and control.channel.header.lower() == header.lower()


def _schemes(control: Control) -> set[str]:
    """Schemes of every channel that the target names, in lower case."""
    return {channel.scheme.lower() for channel in (control.channel, *control.channels.values())}


def _guest_with(control: Control, header: str, value: str | Part) -> Mutant:
    return control.unsigned().with_header(header, value)


@FAMILY.mutation
def other_scheme(control: Control) -> Iterator[Mutant]:
    """The real name and an arbitrary key stand under another scheme's word."""
    for word in SCHEMES:
        if word.lower() != control.channel.scheme.lower():
            value = f"{word} {_name_and_key(control)}"
            yield _guest_with(control, "Authorization", value).named(case=word.lower())


@FAMILY.mutation
def name_in_scheme(control: Control) -> Iterator[Mutant]:
    """The real name stands in the parameters of a scheme that signs requests."""
    for case, form in NAMING.items():
        if control.username:
            yield _guest_with(control, "Authorization", form.format(name=_name(control))).named(case=case)


@FAMILY.mutation
def no_scheme(control: Control) -> Iterator[Mutant]:
    """An arbitrary key stands in the header with no scheme, alone or behind the real name."""
    if _is_own(control, "Authorization") and not control.channel.scheme:
        return
    yield _guest_with(control, "Authorization", ARBITRARY).named(case="key")
    if control.username:
        yield _guest_with(control, "Authorization", f" {_name_and_key(control)}").named(case="name-and-key")


@FAMILY.mutation(worst=Outcome.WEAK)
def valid_key_as_bearer(control: Control) -> Iterator[Mutant]:
    """The valid key is shown as a `Bearer` token."""
    if "bearer" not in _schemes(control):
        key = Part(of=control.identity.name, before="Bearer ")
        yield _guest_with(control, "Authorization", key)


@FAMILY.mutation
def key_in_other_header(control: Control) -> Iterator[Mutant]:
    """An arbitrary key stands in a header by which other products take keys."""
    for header in KEY_HEADERS:
        if not _is_own(control, header):
            yield _guest_with(control, header, ARBITRARY).named(case=header.lower())


@FAMILY.mutation
def name_and_key_in_headers(control: Control) -> Iterator[Mutant]:
    """The real name and an arbitrary key stand in a header each."""
    if control.username and not _is_own(control, "X-Api-Key"):
        yield _guest_with(control, "X-Username", _name(control)).with_header("X-Api-Key", ARBITRARY)


@FAMILY.mutation
def credential_in_other_header(control: Control) -> Iterator[Mutant]:
    """The credential, with an arbitrary key, stands in a header that sounds like the right one."""
    own = control.channel.value(control.username, ARBITRARY) if control.channel.place == "header" else ""
    value = own.encode().decode("latin-1") or _name_and_key(control)
    for header in CREDENTIAL_HEADERS:
        if not _is_own(control, header):
            yield _guest_with(control, header, value).named(case=header.lower())
