"""Writes on a condition: what is sent with which ETag, and how often."""

from collections.abc import Mapping

from harness.engine.sending.conditions import Conditional
from harness.model import Exchange, Request


class Careful:
    """Serves two objects, and writes on none without its ETag."""

    def __init__(self) -> None:
        self.tags = {"/things/1": "a", "/things/2": "b"}
        self.sent: list[tuple[str, str, str]] = []

    def __call__(self, request: Request, line: str) -> Exchange:
        condition = dict(request.headers).get("If-Match", "")
        self.sent.append((request.method, request.target, condition))
        there = request.target.removesuffix("/publish")
        if request.method == "GET":
            return Exchange(request, 200, (("ETag", self.tags[there]),))
        if not condition:
            return Exchange(request, 428)
        return Exchange(request, 200 if condition == self.tags[there] else 412)


def asked(server: Careful, *requests: tuple[str, str], moved: Mapping[str, str] = {}) -> list[int | None]:
    send, answers = Conditional(server), []
    for method, path in requests:
        answers.append(send(Request(method, path), "control").status)
        server.tags.update(moved)
    return answers


def test_an_action_carries_the_etag_of_the_object_that_it_is_below() -> None:
    server = Careful()
    wanted = [("GET", "/things/1"), ("POST", "/things/1/publish"), ("POST", "/things/2/publish")]
    assert asked(server, *wanted) == [200, 200, 200]
    # Once it is known that it asks, nothing is sent in vain.
    assert server.sent[1:] == [
        ("POST", "/things/1/publish", ""),
        ("POST", "/things/1/publish", "a"),
        ("GET", "/things/2", ""),
        ("POST", "/things/2/publish", "b"),
    ]


def test_an_etag_that_is_out_of_date_is_read_anew() -> None:
    server = Careful()
    wanted = [("GET", "/things/1"), ("DELETE", "/things/1"), ("DELETE", "/things/1")]
    assert asked(server, *wanted, moved={"/things/1": "c"}) == [200, 200, 200]
    assert server.sent[-1] == ("DELETE", "/things/1", "c")
    assert len(server.sent) == 6
