"""A channel: the place and form in which a credential rides."""

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from harness.credentials.written import Written, filled, quoted
from harness.model import READS


@dataclass(frozen=True, slots=True)
class Channel:
    """Where a credential stands in a request, and how it is written there."""

    name: str
    header: str = "Authorization"
    """The header that carries it; empty where none does."""
    scheme: str = ""
    """The word in front, with no space: `ApiKey`; empty where there is none."""
    form: str = "{key}"
    """What follows the scheme, with the slots `{username}` and `{key}`."""
    encoded: bool = False
    """Whether the form is sent in base64, as Basic does."""
    place: str = "header"
    """`header`, `query`, `form`, `json` or `cookie`."""
    parameters: tuple[tuple[str, str], ...] = ()
    """Where the place is no header: names of parameters, fields or cookies, each with its form."""
    login: bool = False
    """Whether what stands for `{key}` is a token that a login gives."""
    legacy: bool = False
    """Whether it should be refused, as a way of former times."""
    key_alone: bool = False
    """Whether the key alone says who calls, so that a name beside it means nothing."""
    subject: str = ""
    """The claim of a signed token that names whose it is; empty where nothing says so."""

    @classmethod
    def of(
        cls,
        name: str,
        kind: str,
        header: str = "Authorization",
        template: str = "{key}",
        parameters: Mapping[str, str] | None = None,
        *,
        login: bool = False,
        legacy: bool = False,
    ) -> Self:
        """A channel from a target file's words; `kind` is its `channel`, and `{token}` means the same as `{key}`."""
        if kind in ("query", "form", "json", "cookie"):
            pairs = tuple((one, _key(text)) for one, text in (parameters or {header: template}).items())
            own = "Cookie" if kind == "cookie" else ""
            return cls(name, own, "", "", False, kind, pairs, login, legacy)
        if kind == "basic":
            return cls(name, header, "Basic", "{username}:{key}", True, login=login, legacy=legacy)
        if kind == "bearer":
            return cls(name, header, "Bearer", "{key}", login=login, legacy=legacy)
        scheme, space, form = _key(template).partition(" ")
        if not space or "{" in scheme:
            scheme, form = "", _key(template)
        return cls(name, header, scheme, form, login=login, legacy=legacy)

    @property
    def named(self) -> bool:
        """Whether the credential carries a name beside the key, and the name counts."""
        return not self.key_alone and any("{username}" in form for form in (self.form, *dict(self.parameters).values()))

    def value(self, username: str, key: str, cut: str = "") -> str:
        """The header's value, for a channel in one. `cut` ends it behind the `name` or the `scheme`."""
        return self._header(Written.plain(username), Written.plain(key), cut).real

    def shown(self, username: str, key: str, cut: str = "") -> str:
        """The same as a shell writes it inside double quotes, `username` and `key` being shell text."""
        return self._header(Written("", username), Written("", key), cut).told

    def pairs(self, username: Written, key: Written, cut: str = "") -> list[tuple[str, Written]]:
        """What the credential adds at its place: names, each with its value. `cut` leaves the key out, or the name,
        too."""
        slots = {"username": username, "key": key}
        if self.place == "header":
            return [(self.header, self._header(username, key, cut))]
        kept = [(name, form) for name, form in self.parameters if cut != "name" or _cut(form, cut) or form == ""]
        return [(name, filled(_cut(form, cut), slots)) for name, form in kept]

    def literal(self, text: str) -> list[tuple[str, Written]]:
        """The text in place of the whole credential: the header's value, or that of every parameter with a slot."""
        if self.place == "header":
            return [(self.header, Written.plain(text))]
        return [(name, Written.plain(text if "{" in form else form)) for name, form in self.parameters]

    def place_in(self, method: str, has_object: bool) -> str:
        """Where it rides in a request of that method, whose JSON body is an object, or none, or is not.

        A read has no body, and what is no object has no fields: there a credential of fields rides in the query, where
        servers that take it from fields look for it, too.
        """
        in_fields = self.place in ("form", "json")
        return "query" if in_fields and (method in READS or not has_object) else self.place

    def _header(self, username: Written, key: Written, cut: str) -> Written:
        if cut == "scheme":
            return Written.plain(self.scheme)
        text = filled(_cut(self.form, cut), {"username": username, "key": key})
        if self.encoded:
            told = f'$(printf %s "{text.told}" | base64 -w0)'
            text = Written(base64.b64encode(text.real.encode()).decode(), told)
        return Written(f"{self.scheme} {text.real}", f"{quoted(self.scheme)} {text.told}") if self.scheme else text


def _key(template: str) -> str:
    return template.replace("{token}", "{key}")


def _cut(form: str, cut: str) -> str:
    """The form up to behind its name, with no key in it whatever their order; or up to its first slot."""
    if cut == "scheme":
        return form.partition("{")[0].rstrip()
    if cut != "name":
        return form
    before, name, _ = form.partition("{username}")
    return before.replace("{key}", "") + name if name else form.partition("{key}")[0]
