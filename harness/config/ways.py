"""The words of `auth` and `identities`: how a credential rides, how it is got, and whose it is."""

from collections.abc import Mapping
from typing import Literal

from pydantic import Field as Word

from harness.config import shapes
from harness.config.words import Words
from harness.model import Json, Secret


class Renewal(Words):
    """How a token is renewed without the password."""

    operation: shapes.Writing = Word(examples=["POST /token/refresh"])
    form: Mapping[shapes.ParameterName, Json] | None = None
    json_: Mapping[str, Json] | None = Word(default=None, alias="json")
    """Fields of the body, as in `Login`; `{refresh}` stands for what the login gave for this, `{token}` for the old
    token."""
    from_: shapes.JsonPath = Word(default="$.refresh_token", alias="from")
    """Where the login's answer tells what `{refresh}` stands for."""
    token: shapes.JsonPath | None = None
    """Where the answer tells the new token; None: where the login's does."""


class Login(Words):
    """How a token or session is got for a name and key."""

    operation: shapes.Writing = Word(examples=["POST /token"])
    form: Mapping[shapes.ParameterName, Json] | None = None
    json_: Mapping[str, Json] | None = Word(default=None, alias="json")
    """Fields of the body; in texts `{username}` and `{password}` (or `{key}`) stand for the identity's own."""
    token: shapes.JsonPath | None = None
    """Where the answer tells the token."""
    cookie: shapes.CookieName | None = None
    """Cookie that the answer sets, where it is a session that is got."""
    refresh: Renewal | None = None


class Claims(Words):
    """What a signed token (JWT) says."""

    subject: shapes.FieldName = Word(examples=["sub"])
    """The claim that names whose it is."""


class Auth(Words):
    """How a credential rides."""

    channel: Literal["header", "query", "form", "json", "cookie", "basic", "bearer"] = Word(examples=["header"])
    name: shapes.HeaderName = "Authorization"
    """Header; only for the channel `header`, as is `template`."""
    template: shapes.Template = "{key}"
    """The header's value, where `{username}` and `{key}` stand for the identity's own, and `{token}` for `{key}`."""
    parameters: Mapping[shapes.ParameterName, shapes.Slotted] = {}
    """Query parameters, body fields or cookies with their values, written as `template` is."""
    legacy: shapes.Flag = False
    named: shapes.Flag = True
    """Whether the name in it counts; False where the key alone says who calls, whatever stands beside it."""
    login: Login | None = None
    jwt: Claims | None = None

    @property
    def pairs(self) -> dict[str, str]:
        """`parameters`, or the one cookie that a login sets."""
        session = {self.login.cookie: "{token}"} if self.login and self.login.cookie else {}
        return dict(self.parameters) or session


class Account(Words):
    """One entry of `identities`, as written; `Target.identities` gives them as the other parts use them."""

    username: shapes.Text | None = None
    key: shapes.SecretText | None = Word(default=None, repr=False)
    privileged: shapes.Flag = False
    state: Literal["inactive", "revoked", "rotated", "expired"] | None = None
    may: tuple[shapes.Pattern, ...] = ()
    alive: shapes.Reference | None = None
    auth: shapes.Named | None = None
    """Entry of `auth`; None: the first."""
    cookie: Mapping[shapes.CookieName, shapes.SecretText] | None = Word(default=None, repr=False)
    """Cookies of a session that exists; the first is the one that proves who it is."""
    of: shapes.IdentityName | None = None
    """Identity whose session this is."""
    throwaway: shapes.Flag = False
    """Whether its valid key may go where logs keep it."""
    resource: shapes.FieldName | None = None
    """Resource by which a run makes the account."""

    @property
    def cookies(self) -> tuple[tuple[str, Secret], ...]:
        """Names and values."""
        return tuple((self.cookie or {}).items())

    @property
    def secret(self) -> Secret | None:
        """Its key, or its first cookie."""
        return self.key or next((value for _, value in self.cookies), None)
