"""State that shows only to whoever logs in as the object: whether its password still opens it, and what it is then
told about itself.

Every changed password carries the marker of the request that was to set it, so that the one which works names its
writer.
"""

from collections.abc import Iterator, Mapping

from harness.config import Effect
from harness.credentials import Signer
from harness.identities import Logins
from harness.model import REFUSALS, Exchange, Json, Secret, Send
from harness.resources import Resource, fill, value_at

ENTRY = "logged in with"
"""What a reading calls the password that opened the object."""
FIRST, NOTHING = "its first password", "nothing"
_NAMES = ("username", "user_name", "userName", "login", "user", "name", "email")


class Inside:
    """Logs in as objects of the run, and as nothing else."""

    def __init__(
        self,
        send: Send,
        signer: Signer,
        logins: Logins,
        auth: str,
        words: Mapping[str, Effect],
        password: Secret,
    ) -> None:
        """`auth` is the channel by which accounts log in, `words` says what to look at by resource, and `password` is
        what every account of the run is made with."""
        self._send = send
        self._signer = signer
        self._logins = logins
        self._auth = auth
        self._words = words
        self._password = password
        self._sent: dict[tuple[str, str], list[str]] = {}
        self._opens: dict[tuple[str, str], str] = {}

    def sent(self, resource: Resource, object_id: str, marker: str) -> None:
        """A request with this marker went out that may have given the object another password."""
        if resource.name in self._words:
            self._sent.setdefault((resource.name, object_id), []).append(marker)

    def seen(self, resource: Resource, object_id: str, values: Mapping[str, Json]) -> Mapping[str, Json] | None:
        """The object's values with those that it is told itself. None where that cannot be known: it never was let
        in, or nothing says whether it is."""
        words, key = self._words.get(resource.name), (resource.name, object_id)
        if words is None:
            return values
        for marker in self._candidates(key):
            exchange = self._told(words, self._slots(resource, object_id, values, marker))
            if exchange is None:
                continue
            if not exchange.ok:
                return None
            self._opens[key] = marker
            return {**values, ENTRY: marker or FIRST, _field(words): value_at(exchange.json, words.field)}
        return {**values, ENTRY: NOTHING} if key in self._opens else None

    def _candidates(self, key: tuple[str, str]) -> Iterator[str]:
        """Markers of the passwords that the object may have, the likeliest first; empty for the one it was made
        with."""
        last = self._opens.get(key, "")
        yield from dict.fromkeys((last, *reversed(self._sent.get(key, [])), ""))

    def _slots(self, resource: Resource, object_id: str, values: Mapping[str, Json], marker: str) -> dict[str, Json]:
        told = {name: one for name, one in values.items() if isinstance(one, str | int)}
        named = next((told[name] for name in _NAMES if isinstance(told.get(name), str) and told[name]), object_id)
        name = object_id if resource.parameter in _NAMES else named
        return {**told, "id": object_id, "name": name, "password": self._password.reveal() + marker}

    def _told(self, words: Effect, slots: Mapping[str, Json]) -> Exchange | None:
        """What the object is told about itself; None where it is not let in."""
        username, password = (str(fill(one, slots)) for one in (words.login.username, words.login.password))
        visitor, refusal = self._logins.enter_as(self._auth, username, Secret(password))
        try:
            if refusal is not None:
                throttled = refusal.status is None or refusal.status == 429 or refusal.status >= 500
                return refusal if throttled else None
            exchange = self._send(self._signer.signed("GET", words.then.partition(" ")[2], visitor), "account")
            return None if exchange.status in REFUSALS and not self._logins.asks(self._auth) else exchange
        finally:
            self._logins.dismiss(visitor)


def _field(words: Effect) -> str:
    """What the value is called in the object's state: as the last name on the way to it."""
    return words.field.rpartition(".")[2].partition("[")[0] or words.field
