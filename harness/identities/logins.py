"""Logging in: a token or session for every living identity whose channel asks for one.

A token is told to the redactor before anything else happens with it, and no login's answer is kept.
"""

import itertools
import re
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from threading import RLock

from harness.config import Login, Renewal, Target
from harness.credentials import Signer, Written, filled, form_text, json_text
from harness.identities.grants import Grant, grant_of, read_grant
from harness.model import Bend, Exchange, Identity, Json, Part, Request, Secret, Send
from harness.wire import Redactor

SPENT = 0.75
"""Part of a token's life after which it is due."""
_ACCOUNT = "account"
"""What the tokens of objects that are logged in as go by."""
_PASSWORDS = ("{password}", "{key}")
MISSING = object()
"""What stands for a field that is not sent at all."""
STAND_INS: Mapping[str, Json] = {
    "empty": "",
    "missing": MISSING,
    "null": None,
    "true": True,
    "zero": 0,
    "list": [],
    "condition": {"$ne": ""},
}
"""What may stand in the place of a password, by `Mutant.login`."""
_TOLD = frozenset({"content-type", "location", "retry-after"})
"""Headers of a login's answer that may be shown."""
_TYPES = {"form": "application/x-www-form-urlencoded", "json": "application/json"}


@dataclass(frozen=True, slots=True)
class _Lease:
    """How a held token is renewed, and when."""

    refresh: Secret | None
    due: float
    """On the clock; infinite where nobody told how long it lives."""


class Logins:
    """The tokens of one target's identities: got, renewed, and handed to the signer."""

    def __init__(
        self,
        send: Send,
        signer: Signer,
        target: Target,
        redactor: Redactor,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`clock` gives seconds. Nothing is sent yet, and no connection is kept open."""
        self.send = send
        """How logins go out. Its answers must hold the token as it was sent: it must not redact."""
        self._signer = signer
        self._ways: Mapping[str, Login] = {name: auth.login for name, auth in target.auth.items() if auth.login}
        self._redactor = redactor
        self._clock = clock
        self._lock = RLock()
        """Held while a token is got: of lanes that find it due at the same time, one renews it."""
        self._leases: dict[str, _Lease] = {}
        self._told: dict[str, list[Secret]] = {}
        self._labels: dict[str, str] = {}
        self._taken = set(target.secrets())
        self._visits = itertools.count(1)
        for name in signer.identities:
            if self.way(name):
                self._label(name)
        self._aside: dict[tuple[str, str], str] = {}
        """Who is known to the signer for a login of the document alone, by the identity's own name and its way."""
        self.failures: dict[str, str] = {}
        """Identity -> why it could not be logged in."""
        self.recipes: dict[str, Request] = {}
        """Identity -> its login, as it may be shown, for whoever needs the token that evidence calls by its name."""

    def way(self, name: str) -> Login | None:
        """How the identity logs in; None where it need not."""
        return self._ways.get(self._signer.identities[name].auth)

    def set_aside(self, identity: Identity, way: Login) -> None:
        """Makes the signer know an identity for one more way to log in, which the run does not rest on."""
        name = f"{identity.name} at {identity.auth}"
        variable = self._signer.variable(identity.name)
        self._ways = {**self._ways, identity.auth: way}
        self._aside[identity.name, identity.auth] = name
        self._signer.add(replace(identity, name=name), variable)
        self._label(name)

    def aside(self, name: str, auth: str) -> str:
        """What the signer calls an identity that was set aside for a way; empty where it was not."""
        return self._aside.get((name, auth), "")

    def open(self, names: Iterable[str] | None = None) -> None:
        """Logs in every living identity that has to and has not yet, or those named. What fails is in `failures`."""
        for name, identity in list(self._signer.identities.items()):
            wanted = name not in self._aside.values() and (names is None or name in set(names))
            if wanted and self.way(name) and identity.state is None and identity.key and name not in self._leases:
                with self._lock:
                    self._enter(name)

    def refresh(self, name: str) -> bool:
        """Gets a new token, by the target's `refresh:` or by logging in again; whether there is one now."""
        way = self.way(name)
        if way is None:
            return False
        with self._lock:
            lease = self._leases.get(name)
            if way.refresh and lease and lease.refresh:
                grant = self._renewed(name, way, way.refresh, lease.refresh)
                if grant.token:
                    self._keep(name, replace(grant, refresh=grant.refresh or lease.refresh))
                    return True
            return self._enter(name)

    def due(self, name: str) -> bool:
        """Whether most of the life of the identity's token is over."""
        lease = self._leases.get(name)
        return lease is not None and self._clock() >= lease.due

    def keep_fresh(self) -> None:
        """Renews every token that is due."""
        with self._lock:
            for name in [name for name in self._leases if self.due(name)]:
                self.refresh(name)

    def with_bent_password(self, name: str) -> Grant:
        """What the identity's name gets with a password that is not its own; the token is known to the redactor, and
        held by nobody."""
        way = self.way(name)
        assert way is not None
        bent = Part(of=name, bend=Bend.LAST_CHANGED)
        exchange = self.send(self._request(way, self._slots(name, bent)), "mutant")
        return self._learnt(name, grant_of(exchange, way))

    def attempt(self, name: str, kind: str) -> tuple[Grant, Exchange]:
        """A login with something else in the place of the password, by `Mutant.login`, or with the `real` one, whose
        token is held from then on: what it grants, and the exchange without any token in it."""
        way = self.way(name)
        assert way is not None
        known = kind in ("real", "bent")
        slots = self._slots(name, Part(of=name, bend=Bend.LAST_CHANGED) if kind == "bent" else None)
        if not known:
            slots |= dict.fromkeys(("password", "key"), Written.plain(""))
        with self._lock:
            request = self._request(way, slots, {} if known else dict.fromkeys(_PASSWORDS, STAND_INS[kind]))
            exchange = self.send(request, f"login {name}" if kind == "real" else "mutant")
            grant = self._learnt(name, grant_of(exchange, way))
            if kind == "real" and grant.token:
                self._keep(name, grant)
        body = b"" if grant.token else self._redactor.data(exchange.body)
        place = tuple((key, self._redactor.text(one)) for key, one in exchange.headers if key.lower() in _TOLD)
        told = Exchange(request.shown or request, exchange.status, place, body, exchange.failure, exchange.elapsed)
        return grant, told

    def held(self, name: str) -> Secret | None:
        """The token that the identity holds."""
        part = Part(of=name)
        return Secret(self._signer.written(part).real) if name in self._leases else None

    def told(self, name: str) -> Sequence[Secret]:
        """The tokens that the identity holds and held, the latest first: what is under way may still bear one that was
        replaced meanwhile."""
        return self._told.get(name, ())

    def stand_in(self, name: str, token: Secret) -> str:
        """Makes the signer know an identity like this one that holds another token; its name, to be given to
        `dismiss`."""
        alias = f"{name} (bent password)"
        self._signer.add(replace(self._signer.identities[name], name=alias), self._label(name))
        self._signer.hold(alias, token, self._label(name))
        return alias

    def dismiss(self, alias: str) -> None:
        """Makes the signer forget a stand-in."""
        self._signer.remove(alias)

    def asks(self, auth: str) -> bool:
        """Whether a channel has a login of its own; where it has none, every request carries name and password."""
        return auth in self._ways

    def enter_as(self, auth: str, username: str, password: Secret) -> tuple[str, Exchange | None]:
        """Makes the signer know an object of the run by a new name, to be given to `dismiss`, and logs it in; the
        answer, bare of what it says, where that fails. The password is one that the redactor knows."""
        visitor = f"{_ACCOUNT} {next(self._visits)}"
        self._signer.add(Identity(visitor, username, password, auth=auth), "RUN_PASSWORD")
        way = self._ways.get(auth)
        if way is None:
            return visitor, None
        request = self._request(way, self._slots(visitor))
        exchange = self.send(request, f"login {_ACCOUNT}")
        grant = self._learnt(_ACCOUNT, grant_of(exchange, way))
        if grant.token is None:
            return visitor, Exchange(request.shown or request, status=exchange.status, failure=exchange.failure)
        self._signer.hold(visitor, grant.token, self._label(_ACCOUNT))
        return visitor, None

    def _enter(self, name: str) -> bool:
        way = self.way(name)
        assert way is not None
        request = self._request(way, self._slots(name))
        self.recipes[name] = request.shown or request
        grant = self._learnt(name, grant_of(self.send(request, f"login {name}"), way))
        if grant.token is None:
            self.failures[name] = f"its login {way.operation} answers {grant.told}; {grant.remedy}"
            self._leases.pop(name, None)
            self._signer.drop(name)
            return False
        self._keep(name, grant)
        return True

    def _keep(self, name: str, grant: Grant) -> None:
        assert grant.token is not None
        due = float("inf") if grant.seconds is None else self._clock() + SPENT * grant.seconds
        self._leases[name] = _Lease(grant.refresh, due)
        self._told[name] = [grant.token, *self._told.get(name, ())]
        self.failures.pop(name, None)
        self._signer.hold(name, grant.token, self._label(name))

    def _renewed(self, name: str, way: Login, renewal: Renewal, refresh: Secret) -> Grant:
        label = self._label(name)
        held = self.held(name)
        slots = {
            "refresh": Written(refresh.reveal(), f"${label}_REFRESH"),
            "token": Written(held.reveal() if held else "", f"${label}"),
        }
        exchange = self.send(self._request(renewal, slots), f"login {name}")
        return self._learnt(name, read_grant(exchange, renewal.token or way.token, None, renewal.from_))

    def _learnt(self, name: str, grant: Grant) -> Grant:
        """The grant, known to the redactor from here on."""
        for secret, label in ((grant.token, self._label(name)), (grant.refresh, f"{self._label(name)}_REFRESH")):
            if secret:
                self._redactor.learn(label, secret.reveal())
        return grant

    def _label(self, name: str) -> str:
        """What the identity's token goes by, which is no other secret's name."""
        if name not in self._labels:
            stem = re.sub(r"\W+", "_", f"{name.upper()}_TOKEN")
            tries = [stem, *(f"{stem}_{number}" for number in range(2, len(self._taken) + 3))]
            self._labels[name] = next(label for label in tries if label not in self._taken)
            self._taken.add(self._labels[name])
        return self._labels[name]

    def _slots(self, name: str, bent: Part | None = None) -> dict[str, Written]:
        identity: Identity = self._signer.identities[name]
        password = self._signer.password(name, bent)
        return {"username": Written.plain(identity.username or ""), "password": password, "key": password}

    def _request(
        self, words: Login | Renewal, slots: Mapping[str, Written], instead: Mapping[str, Json] | None = None
    ) -> Request:
        """`instead` gives texts of the target file for which another value stands."""
        method, _, path = words.operation.partition(" ")
        fields = _filled(words.json_ if words.form is None else words.form, slots, instead or {})
        sent, shown = json_text(fields) if words.form is None else form_text(fields)
        headers = (("Content-Type", _TYPES["json" if words.form is None else "form"]), ("Connection", "close"))
        return Request(method, path, headers, sent.encode(), shown=Request(method, path, headers, shown.encode()))


def _filled(value: Json, slots: Mapping[str, Written], instead: Mapping[str, Json]) -> Json:
    """The fields of a login with their slots filled."""
    match value:
        case str():
            return instead[value] if value in instead else filled(value, slots)
        case dict():
            parts = {name: _filled(part, slots, instead) for name, part in value.items()}
            return {name: part for name, part in parts.items() if part is not MISSING}
        case list():
            return [_filled(part, slots, instead) for part in value]
        case _:
            return value
