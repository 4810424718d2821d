"""A channel: the place and form in which a credential rides."""

import base64
from dataclasses import dataclass
from typing import Self


@dataclass(frozen=True, slots=True)
class Channel:
    """A header that carries a credential."""

    name: str
    header: str = "Authorization"
    scheme: str = ""
    """The word in front, with no space: `ApiKey`; empty where there is none."""
    form: str = "{key}"
    """What follows the scheme, with the slots `{username}` and `{key}`."""
    encoded: bool = False
    """Whether the form is sent in base64, as Basic does."""

    @classmethod
    def of(cls, name: str, kind: str, header: str = "Authorization", template: str = "{key}") -> Self:
        """A channel from a target file's words; `kind` is `header`, `basic` or `bearer`."""
        if kind == "basic":
            return cls(name, header, "Basic", "{username}:{key}", encoded=True)
        if kind == "bearer":
            return cls(name, header, "Bearer", "{key}")
        scheme, space, form = template.partition(" ")
        return cls(name, header, scheme, form) if space and "{" not in scheme else cls(name, header, "", template)

    @property
    def named(self) -> bool:
        """Whether the credential carries a name beside the key."""
        return "{username}" in self.form

    def value(self, username: str, key: str, cut: str = "") -> str:
        """The header's value. `cut` ends it behind the name or the scheme."""
        if cut == "scheme":
            return self.scheme
        form = self.form.partition("{username}")[0] + "{username}" if cut == "name" else self.form
        text = form.replace("{username}", username).replace("{key}", key)
        return f"{self.scheme} {self._encode(text)}" if self.scheme else self._encode(text)

    def shown(self, username: str, key: str, cut: str = "") -> str:
        """The same as a shell writes it inside double quotes, `key` being a shell form."""
        if not self.encoded or cut == "scheme":
            return self.value(username, key, cut)
        plain = f"{username}" if cut == "name" else f"{username}:{key}"
        return f'{self.scheme} $(printf %s "{plain}" | base64 -w0)'

    def _encode(self, text: str) -> str:
        return base64.b64encode(text.encode()).decode() if self.encoded else text
