"""Standings of identities without a login, told by what is answered to whom."""

from collections.abc import Mapping

import pytest

from harness.credentials import Channel, Signer
from harness.identities import bent, prove
from harness.model import Bend, Credential, Exchange, Identity, Request, Secret

KEY = "c0ffeeBadF00d9"
CHANNELS = {"key": Channel.of("key", "header")}
Answers = Mapping[str, tuple[int, int, int]]
"""Path -> what the valid key, a bent one and a guest are answered."""


def standing(
    answers: Answers, written: tuple[int | None, int | None] | None = None, said: bytes = b"", **changes: object
) -> str:
    identity = Identity(**{"name": "one", "key": Secret(KEY), "auth": "key", **changes})  # type: ignore[arg-type]
    signer = Signer(CHANNELS, [identity], {})

    def answer(request: Request, line: str) -> Exchange:
        key = dict(request.headers).get("Authorization")
        return Exchange(request, answers[request.target][0 if key == KEY else 1 if key else 2], body=said)

    def write(credential: Credential, line: str) -> Exchange | None:
        if written is None:
            return None
        return Exchange(Request("POST", "/"), written[0 if credential.key.bend is Bend.AS_IS else 1], body=said)

    reads = [path for path in answers if path != "/alive"]
    return str(prove(answer, signer, identity, "low", reads, write))


@pytest.mark.parametrize(
    ("answers", "found"),
    [
        ({"/a": (200, 401, 401)}, "proved: GET /a tells its key from a bent one"),
        ({"/a": (403, 401, 401)}, "proved: GET /a answers 403, and 401 to a bent key"),
        ({"/a": (401, 401, 200)}, "disproved: GET /a: 401 where a guest is served; check its key"),
        ({"/a": (401, 401, 401)}, "disproved: GET /a refuses it as it refuses a bent key; check its key"),
        ({"/a": (200, 200, 200), "/b": (200, 403, 403)}, "proved: GET /b tells its key from a bent one"),
        ({"/a": (200, 200, 200)}, "attested: nothing could be written to try it"),
        ({}, "attested: nothing could be written to try it"),
        (
            {"/a": (403, 401, 200)},
            "attested: GET /a answers it 403, a bent key 401, and serves guests; say `alive:` of it",
        ),
        ({"/a": (401, 403, 401)}, "attested: nothing could be written to try it"),
        ({"/a": (429, 401, 401), "/b": (200, 401, 401)}, "proved: GET /b tells its key from a bent one"),
        *(
            ({"/a": pair}, "attested: nothing could be written to try it")
            for status in (404, 423, 429, 500, 503)
            for pair in ((200, status, 401), (status, 401, 401), (403, status, 401), (status, 200, 401))
        ),
    ],
)
def test_reads(answers: Answers, found: str) -> None:
    assert standing(answers) == found


@pytest.mark.parametrize(
    ("written", "privileged", "found"),
    [
        ((201, 401), True, "proved: it may write"),
        ((403, 401), False, "proved: a write is answered 403, and 401 to a bent key"),
        ((201, 403), False, "proved: it may write"),
        ((404, 401), False, "proved: a write is answered 404, and 401 to a bent key"),
        *(
            (pair, privileged, "attested: no exchange of this API tells its key from a bent one")
            for privileged in (True, False)
            for pair in (
                (403, 403),
                (401, 401),
                (401, 403),
                (401, 423),
                (403, 429),
                (403, None),
                (None, 401),
                (500, 401),
                (201, 201),
                (201, 500),
                (400, 401),
                (404, 404),
                (404, 403),
                (410, 401),
            )
        ),
    ],
)
def test_writes(written: tuple[int | None, int | None], privileged: bool, found: str) -> None:
    assert standing({"/a": (200, 200, 200)}, written, privileged=privileged) == found


@pytest.mark.parametrize("word", ["account disabled", "Inactive", "is locked", "suspended", "expired"])
def test_a_403_that_speaks_of_a_dead_account_proves_nothing(word: str) -> None:
    found = standing({"/a": (403, 401, 401)}, (403, 401), said=f'{{"error": "{word}"}}'.encode())
    assert found == "attested: no exchange of this API tells its key from a bent one"


@pytest.mark.parametrize("word", ["user not found", "no such account", "unknown key", "suspended"])
def test_a_404_that_speaks_of_who_asks_proves_nothing(word: str) -> None:
    found = standing({"/a": (200, 200, 200)}, (404, 401), said=f'{{"error": "{word}"}}'.encode())
    assert found == "attested: no exchange of this API tells its key from a bent one"


@pytest.mark.parametrize(
    ("answers", "found"),
    [
        ({"/alive": (200, 401, 401)}, "proved: GET /alive tells its key from a bent one"),
        ({"/alive": (401, 401, 401)}, "disproved: GET /alive: 401 by its own `alive:`; check its key"),
        ({"/alive": (200, 200, 200)}, "attested: nothing shows whether the session lives"),
    ],
)
def test_a_session_is_shown_by_its_alive_alone(answers: Answers, found: str) -> None:
    assert standing({**answers, "/a": (401, 401, 200)}, (403, 401), of="admin", alive="GET /alive") == found


def test_a_session_of_which_nothing_is_said_is_attested() -> None:
    assert standing({"/a": (401, 401, 200)}, of="admin") == "attested: nothing shows whether the session lives"


def test_a_bent_credential_keeps_all_but_the_key() -> None:
    identity = Identity("one", "me", Secret(KEY), auth="key")
    found = bent(Signer(CHANNELS, [identity], {}), "one")
    assert (found.via, found.username.of, found.key.bend, found.valid) == ("key", "one", Bend.LAST_CHANGED, False)
