"""Username normalisation: no other spelling of a privileged name reaches that account without its key.

## Why it matters

Names are compared in several places, and each has rules of its own: the database may ignore case and blanks at the
end, one library folds full-width letters, another decodes percent signs, a third cuts what is too long. Where the key
is looked up by one rule and the account by another, a look-alike name brings its owner's rights together with somebody
else's key. Django once mailed the password reset of an account to an address that nothing but Unicode's rules of case
made equal to the account's own (CVE-2019-19844).

## How the verdict is reached

The entitled identity's request is shown to work. Then its name is respelt: in other case, with blanks, with letters
that look or fold alike, with signs that nobody sees, with what mail addresses, domains, patterns and lists add to a
name. Each spelling comes with an arbitrary key, and with the valid key of an ordinary account. 401 or 403 with the
state unchanged is HELD; an effect is BYPASSED, whatever the status. A spelling that leaves the name as it is, or is the
name of another account in the target file, is left out. A key belongs to one name in every spelling, so a server that
takes names in any case holds here, too. This is asked of creations alone: the name is read before the method matters,
and `fabricated-key` asks every method. In a header each letter beyond Latin-1 is sent as the bytes of its UTF-8, and
line breaks and NUL are not sent at all.

## How to fix it

Choose one form of a name, refuse every other when the account is made, and look it up by exactly that. When it is
found, compare the stored name with the one that was sent, since the database may be more generous than you think.

Django, with REST Framework or tastypie: names of new accounts are to be ASCII, and what was found has to be what was
asked for.

    username = models.CharField(max_length=150, unique=True, validators=[ASCIIUsernameValidator()])

    account = User.objects.get(username=name)
    if account.get_username() != name:
        raise AuthenticationFailed("wrong name or key")

FastAPI: a pattern for the name, in the model by which accounts are made and at the check.

    Name = Annotated[str, StringConstraints(pattern="^[a-z0-9][a-z0-9-]{0,62}$")]

Flask: no `lower()`, `strip()` or `normalize()` on the way to the lookup; refuse a name that would need one:

    if not re.fullmatch("[a-z0-9][a-z0-9-]{0,62}", name):
        abort(401)

## References

- CWE-289 (bypass by an alternate name), CWE-178 (case), CWE-176 (Unicode), CWE-158 (NUL), CWE-180 (validated before it
  is in its last form), CWE-697 (comparison)
- OWASP API Security Top 10 2023: API2; OWASP WSTG-IDNT-04; OWASP ASVS 5: 1.1.1; CAPEC-71, CAPEC-52
- CVE-2019-19844 (Django)
"""

import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import replace

from harness.family import Control, Family, Mutant, Part, Severity

FAMILY = Family(severity=Severity.HIGH, cwe=(289, 178, 176, 158, 180, 697), owasp="API2:2023", on=frozenset({"POST"}))

ARBITRARY = "anything_here"
NOBODY = "nobody-7f3a91c05d2e4b68"
WIDTHS = (150, 255)
"""Usual widths of a column for names."""

ADDED = {
    "space-in-front": " {}", "space-behind": "{} ", "tab-behind": "{}\t", "no-break-space-behind": "{}\u00a0",
    "ideographic-space-behind": "{}\u3000", "escaped-nul-behind": "{}%00", "zero-width-space-behind": "{}\u200b",
    "zero-width-joiner-behind": "{}\u200d", "soft-hyphen-behind": "{}\u00ad", "byte-order-mark-in-front": "\ufeff{}",
    "right-to-left-in-front": "\u202e{}", "dot-behind": "{}.", "slash-behind": "{}/",
    "mail-address": "{}@example.org", "domain-in-front": "EXAMPLE\\{}", "plus-tag": "{}+tag",
    "like-percent": "{}%", "quoted": '"{}"', "colon-behind": "{}:", "array": '["{}"]',
}  # fmt: skip
"""Case -> the name with something around it."""

TWINS: Mapping[str, Mapping[str, str]] = {
    "dotless-i": {"i": "\u0131"},
    "dotted-i": {"i": "\u0130", "I": "\u0130"},
    "long-s": {"s": "\u017f"},
    "kelvin-sign": {"k": "\u212a", "K": "\u212a"},
    "sharp-s": {"ss": "\u00df"},
    "ligature": {"fi": "\ufb01", "fl": "\ufb02", "ff": "\ufb00", "st": "\ufb06"},
    "cyrillic": {"a": "\u0430", "e": "\u0435", "o": "\u043e", "p": "\u0440", "c": "\u0441", "x": "\u0445"},
    "greek": {"o": "\u03bf", "a": "\u03b1", "v": "\u03bd", "i": "\u03b9", "u": "\u03c5"},
}
"""Case -> letters, and what looks like them or folds to them."""


def _replaced(name: str, twins: Mapping[str, str]) -> str:
    """The name with the first of these letters that it has replaced once."""
    letters = next((one for one in twins if one in name), None)
    return name.replace(letters, twins[letters], 1) if letters else name


def _wide(text: str) -> str:
    return "".join(chr(ord(char) + 0xFEE0) if "!" <= char <= "~" else char for char in text)


CASES = frozenset({"upper", "title", "swapped"})
"""Spellings that are the same name where letter case says nothing."""


def _spellings(name: str, other: str) -> Mapping[str, str]:
    """Other spellings of the name, by case; `other` is an ordinary account's name."""
    middle, octets = len(name) // 2, [f"{octet:02x}" for octet in name[:1].encode()]
    return {
        "upper": name.upper(),
        "title": name.title(),
        "swapped": name.swapcase(),
        **{case: form.replace("{}", name) for case, form in ADDED.items()},
        "nfc": unicodedata.normalize("NFC", name),
        "nfd": unicodedata.normalize("NFD", name),
        "full-width": _wide(name),
        "full-width-letter": _wide(name[:1]) + name[1:],
        **{case: _replaced(name, twins) for case, twins in TWINS.items()},
        "escaped-letter": "".join(f"%{octet}" for octet in octets) + name[1:],
        "escaped-letter-twice": "".join(f"%25{octet}" for octet in octets) + name[1:],
        "like-underscore": f"{name[:middle]}_{name[middle + 1 :]}",
        "star": f"{name[:-1]}*",
        **{f"cut-at-{width}": f"{name.ljust(width)}x" for width in WIDTHS},
        **{f"padded-to-{width}": name.ljust(width) for width in WIDTHS},
        "colon-inside": f"{name[:middle]}:{name[middle:]}",
        "comma-list": f"{other},{name}",
    }


def _sendable(control: Control, name: str) -> str:
    """HTTP sends a header as bytes that servers read as Latin-1, so other letters go as the bytes of their UTF-8. What
    goes in base64, in an address or in a body is encoded there."""
    if control.channel.encoded or control.channel.place not in ("header", "cookie"):
        return name
    try:
        name.encode("latin-1")
    except UnicodeEncodeError:
        return name.encode().decode("latin-1")
    return name


def _spelled(control: Control, key: Part) -> Iterator[Mutant]:
    low = control.roles.get("low")
    other = (low.username if low else None) or NOBODY
    seen = {control.username, *(role.username for role in control.roles.values())}
    for case, name in _spellings(control.username, other).items() if control.username else ():
        if name not in seen:
            seen.add(name)
            waived = "case_insensitive_names: true" if case in CASES else ""
            mutant = control.signed(username=_sendable(control, name), key=key).named(case=case)
            yield replace(mutant, waived_by=waived)
    yield from _as_list(control, key, other)


def _as_list(control: Control, key: Part, other: str) -> Iterator[Mutant]:
    """The name as a list, and as the second of two, where it has a parameter or field of its own."""
    fields = {form: name for name, form in control.channel.parameters}
    if not (control.username and {"{username}", "{key}"} <= fields.keys()):
        return
    field, guest = fields["{username}"], control.unsigned()
    match control.channel.place:
        case "query":
            guest = guest.with_query(fields["{key}"], key)
            yield guest.with_query(f"{field}[]", control.username).named(case="list")
            yield guest.with_query(field, other).with_query(field, control.username).named(case="twice")
        case "form":
            guest = guest.with_field(fields["{key}"], key)
            yield guest.with_field(f"{field}[]", control.username).named(case="list")
            yield guest.with_field(field, [other, control.username]).named(case="twice")
        case "json":
            yield guest.with_field(fields["{key}"], key).with_field(field, [control.username]).named(case="list")


@FAMILY.mutation(named=True)
def spelled_with_arbitrary_key(control: Control) -> Iterator[Mutant]:
    """The privileged name in another spelling, with an arbitrary key."""
    yield from _spelled(control, Part(ARBITRARY))


@FAMILY.mutation(needs=("low",), named=True)
def spelled_with_low_key(control: Control) -> Iterator[Mutant]:
    """The privileged name in another spelling, with an ordinary account's valid key."""
    if control.roles["low"].key:
        yield from _spelled(control, control.key_of("low"))
