"""Reading back, against a scripted server: what counts as a whole list, where an object's fields are, and its id."""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from urllib.parse import parse_qs, urlsplit

import pytest

from harness.credentials import Channel, Signer
from harness.model import Exchange, Identity, Json, Operation, Parameter, Request, Secret
from harness.observe import Listing, Observer, alone, holds, id_in_path, identify, rows_of, stale, text_of, unwrapped
from harness.resources import Resource

PATH = "/things"
Answer = tuple[Json, Mapping[str, str]]
Server = Callable[[dict[str, str]], Answer | None]
"""The list's answer and headers to a query; None is a 404."""


def parameters(*names: str, **schemas: Mapping[str, Json]) -> tuple[Parameter, ...]:
    return tuple(Parameter(name, "query", False, schemas.get(name, {})) for name in (*names, *schemas))


def resource(*known: Parameter, item: bool = True, name: str = "things") -> Resource:
    operations = {"GET list": Operation("GET", PATH, known)}
    if item:
        operations["GET item"] = Operation("GET", f"{PATH}/{{thing_id}}")
    return Resource(name, PATH, f"{PATH}/{{thing_id}}", "thing_id", operations)


class Scripted:
    """Answers GETs, and keeps what was asked."""

    def __init__(self, server: Server, status: int = 200) -> None:
        self.server = server
        self.status = status
        self.sent: list[Request] = []

    def __call__(self, request: Request, line: str) -> Exchange:
        self.sent.append(request)
        query = {key: values[0] for key, values in parse_qs(urlsplit(request.target).query).items()}
        answer = self.server(query)
        if answer is None:
            return Exchange(request, 404)
        return Exchange(request, self.status, tuple(answer[1].items()), json.dumps(answer[0]).encode())

    @property
    def targets(self) -> list[str]:
        return [one.target for one in self.sent]


def observer(send: Scripted) -> Observer:
    signer = Signer({"key": Channel.of("key", "header")}, [Identity("admin", key=Secret("k" * 20), auth="key")], {})
    return Observer(send, signer, "admin")


def listed(server: Server, *known: Parameter, status: int = 200) -> tuple[Listing, list[str]]:
    send = Scripted(server, status)
    return observer(send).listing(resource(*known), {}), send.targets


def things(*numbers: int) -> list[Json]:
    return [{"id": one, "title": f"Thing {one}"} for one in numbers]


SEVEN = things(*range(7))


def ids(listing: Listing) -> list[Json]:
    return [row["id"] for row in listing.rows]


def plain(value: Json, **headers: str) -> Server:
    return lambda query: (value, {name.replace("_", "-"): text for name, text in headers.items()})


def test_a_reader_asks_for_no_cached_answer() -> None:
    send = Scripted(plain(SEVEN))
    assert observer(send).listing(resource(), {}).whole
    assert ("Cache-Control", "no-cache") in send.sent[0].headers
    assert "Authorization" in dict(send.sent[0].headers)


# Arrays.


@pytest.mark.parametrize(
    ("value", "numbers"),
    [
        (SEVEN[:2], [0, 1]),
        ([], []),
        ({"items": SEVEN[:2], "drafts": []}, [0, 1]),
        ({"things": SEVEN[:1], "tags": ["a", "b"]}, [0]),
        ({"whatever": SEVEN[:1], "empty": []}, [0]),
        ({"data": {"things": SEVEN[:2]}}, [0, 1]),
        ({"_embedded": {"things": SEVEN[:1]}, "_links": {"self": {"href": "/things"}}}, [0]),
        ({"items": SEVEN[:1], "links": [{"rel": "self", "href": "/things"}]}, [0]),
        ({"objects": [], "errors": []}, []),
        ({"data": [{"id": 3, "type": "things", "attributes": {"title": "x"}}]}, [3]),
        ([{"thing": {"id": 4}}], [4]),
    ],
)
def test_one_array_of_objects_is_a_list(value: Json, numbers: list[int]) -> None:
    listing, _ = listed(plain(value))
    assert listing.whole
    assert ids(listing) == numbers


@pytest.mark.parametrize(
    "value",
    [
        {"items": SEVEN[:1], "drafts": SEVEN[1:]},
        {"items": [], "drafts": SEVEN},
        {"data": {"items": SEVEN[:1], "drafts": SEVEN[1:]}},
        {"data": {"items": SEVEN[:1]}, "drafts": SEVEN[1:]},
        {"published": SEVEN[:1], "drafts": SEVEN[1:]},
        {"detail": "x"},
        {"ids": ["1", "2"]},
        {"errors": ["x"]},
        ["1", "2"],
        "x",
        None,
    ],
)
def test_more_than_one_array_or_none_is_no_whole_list(value: Json) -> None:
    assert not listed(plain(value))[0].whole


def test_what_is_read_of_a_list_that_is_not_whole_is_kept() -> None:
    assert ids(listed(plain({"items": SEVEN[:1], "drafts": SEVEN[1:]}))[0]) == [0]
    assert rows_of({"items": [], "drafts": SEVEN}) == []
    assert not alone({"items": [], "drafts": SEVEN})


# Pages.


def pages(
    size: int, asked: str, told: Callable[[int, int, int], Mapping[str, Json]], first: int = 1, rows: Json = SEVEN
) -> Server:
    """A list in pages, asked for by one parameter; `told` gives what stands beside the rows, of page, start and end."""

    def server(query: dict[str, str]) -> Answer | None:
        offset = asked in ("offset", "skip", "start", "cursor", "after", "page_token", "token")
        number = int(query.get(asked, 0 if offset else first))
        start = number if offset else size * (number - first)
        return {"data": rows[start : start + size], **told(number, start, start + size)}, {}

    return server


def more(end: int) -> bool:
    return end < len(SEVEN)


WAYS: Mapping[str, tuple[Server, Sequence[Parameter]]] = {
    "next": (pages(3, "page", lambda n, _, e: {"next": f"http://other{PATH}?page={n + 1}" if more(e) else None}), ()),
    "relative next": (pages(3, "page", lambda n, _, e: {"links": {"next": f"?page={n + 1}"}} if more(e) else {}), ()),
    "next in links": (
        pages(
            3, "page", lambda n, _, e: {"links": [{"rel": "next", "href": f"/things?page={n + 1}"}] if more(e) else []}
        ),
        (),
    ),
    "next as a number": (pages(3, "page", lambda n, _, e: {"meta": {"next_page": n + 1 if more(e) else None}}), ()),
    "page of pages": (pages(3, "page", lambda n, *_: {"page": n, "pages": 3}), ()),
    "page of total_pages": (pages(2, "page", lambda n, *_: {"meta": {"page": n, "total_pages": 4}}), ()),
    "current_page of last_page": (pages(3, "page", lambda n, *_: {"current_page": n, "last_page": 3, "total": 7}), ()),
    "numbers from 0": (
        pages(3, "page", lambda n, *_: {"page": {"number": n, "totalPages": 3, "totalElements": 7}}, first=0),
        (),
    ),
    "page_number as documented": (
        pages(3, "page_number", lambda n, *_: {"page": n, "pages": 3}),
        parameters("page_number"),
    ),
    "next_cursor": (
        pages(3, "cursor", lambda n, _, e: {"has_more": more(e), "next_cursor": e if more(e) else None}),
        (),
    ),
    "cursor that is always told": (pages(3, "cursor", lambda n, _, e: {"has_more": more(e), "next_cursor": e}), ()),
    "cursor.next": (
        pages(3, "after", lambda n, _, e: {"cursor": {"next": e if more(e) else None}}),
        parameters("after"),
    ),
    "next_page_token": (
        pages(3, "page_token", lambda n, _, e: {"next_page_token": f"{e}" if more(e) else ""}),
        parameters("page_token"),
    ),
    "a token by another name": (
        pages(3, "after", lambda n, _, e: {"next_cursor": e if more(e) else None}),
        parameters("limit", "after"),
    ),
    "has_more, documented page": (pages(3, "page", lambda n, _, e: {"has_more": more(e)}), parameters("page")),
    "has_more, documented skip": (pages(3, "skip", lambda n, _, e: {"has_more": more(e)}), parameters("skip")),
    "has_more, documented start": (pages(3, "start", lambda n, _, e: {"has_more": more(e)}), parameters("start")),
    "has_more, a page from 0": (
        pages(3, "page", lambda n, _, e: {"has_more": more(e)}, first=0),
        parameters(page={"default": 0}),
    ),
    "total, documented page": (pages(3, "page", lambda *_: {"total": 7}), parameters("page")),
    "total, and no word of offset": (pages(3, "offset", lambda *_: {"total": 7}), ()),
    "nothing told, documented offset": (pages(3, "offset", lambda *_: {}), parameters("limit", "offset")),
    "nothing told, documented page": (pages(3, "page", lambda *_: {}), parameters("page")),
}


@pytest.mark.parametrize("way", WAYS)
def test_a_list_is_read_to_its_end(way: str) -> None:
    server, known = WAYS[way]
    listing, _ = listed(server, *known)
    assert ids(listing) == list(range(7))
    assert listing.whole


def sized(most: int, told: bool = True, lost: int = 0) -> Server:
    """Pages by `limit` and `offset`, of `most` rows at most; large ones lack the `lost` last."""

    def server(query: dict[str, str]) -> Answer:
        limit, start = min(int(query.get("limit", 2)), most), int(query.get("offset", 0))
        rows = SEVEN[: len(SEVEN) - lost] if limit > 2 else SEVEN
        end = start + limit
        following = f"{PATH}?limit={limit}&offset={end}" if end < len(rows) else None
        return {"data": rows[start:end], "next": following, **({"total": len(rows)} if told else {})}, {}

    return server


SIZES: Mapping[str, tuple[Server, Sequence[Parameter], list[str]]] = {
    "all at once": (sized(1000), parameters("limit"), [f"{PATH}?limit=1000"]),
    "as many as the document allows": (sized(5), parameters(limit={"maximum": 5}), [f"{PATH}?limit=5", "&offset=5"]),
    "as many as the server allows": (sized(4), parameters("limit"), [f"{PATH}?limit=1000", "&offset=4"]),
    "no parameter for it": (sized(1000), (), []),
    "a size that is not heeded": (sized(2), parameters("limit"), []),
    "no word of how many there are": (sized(1000, told=False), parameters("limit"), []),
    "less than the small pages show": (sized(1000, lost=1), parameters("limit"), []),
}


@pytest.mark.parametrize("case", SIZES)
def test_a_list_of_many_pages_is_read_in_large_ones_where_they_show_the_same(case: str) -> None:
    server, known, large = SIZES[case]
    send = Scripted(server)
    reader, what = observer(send), resource(*known)
    assert ids(reader.listing(what, {})) == list(range(7))
    small = [f"{PATH}", f"{PATH}?limit=2&offset=2", f"{PATH}?limit=2&offset=4", f"{PATH}?limit=2&offset=6"]
    assert [one.target for one in send.sent][:4] == small
    for _ in range(2):
        send.sent.clear()
        again = reader.listing(what, {})
        assert (ids(again), again.whole) == (list(range(7)), True)
        targets = [one.target for one in send.sent]
        assert [found.endswith(end) for found, end in zip(targets, large or small, strict=True)] == [True] * len(
            targets
        )


def test_small_pages_serve_where_large_ones_fail_later() -> None:
    refused = False

    def server(query: dict[str, str]) -> Answer | None:
        return ({"error": "too many"}, {}) if refused and "1000" in query.values() else sized(1000)(query)

    send = Scripted(server)
    reader, what = observer(send), resource(*parameters("limit"))
    reader.listing(what, {})
    refused = True
    assert [ids(reader.listing(what, {})) for _ in range(2)] == [list(range(7))] * 2
    assert [one.target for one in send.sent].count(f"{PATH}?limit=1000") == 2


def test_a_link_header_is_followed() -> None:
    def server(query: dict[str, str]) -> Answer:
        start = int(query.get("from", 0))
        link = {"Link": f'<https://other.example{PATH}?from={start + 3}>; rel="next"'} if more(start + 3) else {}
        return SEVEN[start : start + 3], link

    listing, targets = listed(server)
    assert listing.whole
    assert targets == [PATH, f"{PATH}?from=3", f"{PATH}?from=6"]


@pytest.mark.parametrize("header", ["X-Total-Count", "X-Total", "Content-Range"])
def test_a_total_in_a_header_counts(header: str) -> None:
    total = "items 0-2/7" if header == "Content-Range" else "7"

    def server(query: dict[str, str]) -> Answer:
        start = 3 * (int(query.get("page", 1)) - 1)
        return SEVEN[start : start + 3], {header: total}

    assert ids(listed(server, *parameters("page"))[0]) == list(range(7))
    assert listed(server, *parameters("page"))[0].whole
    assert not listed(server)[0].whole


NOT_WHOLE: Mapping[str, tuple[Server, Sequence[Parameter]]] = {
    "has_more, and no way": (plain({"data": SEVEN, "has_more": True}), ()),
    "has_more, and the parameter is ignored": (plain({"data": SEVEN, "has_more": True}), parameters("page")),
    "has_more, and nothing behind it": (pages(7, "page", lambda n, *_: {"has_more": n == 1}), parameters("page")),
    "a total, and nothing behind it": (pages(7, "offset", lambda *_: {"total": 8}), ()),
    "a total of an empty list": (plain({"data": [], "total": 8}), ()),
    "a total that offset does not reach": (pages(3, "page", lambda *_: {"total": 7}), ()),
    "a cursor that is ignored": (plain({"data": SEVEN, "next_cursor": "abc"}), parameters("cursor")),
    "a next that leads back": (plain({"data": SEVEN, "next": PATH}), ()),
    "a next that is none": (plain({"data": SEVEN, "next": "http://["}), ()),
    "a documented parameter that is ignored": (plain({"data": SEVEN}), parameters("offset")),
}


@pytest.mark.parametrize("case", NOT_WHOLE)
def test_a_list_that_cannot_be_read_to_its_end_is_not_whole(case: str) -> None:
    server, known = NOT_WHOLE[case]
    listing, _ = listed(server, *known)
    assert not listing.whole


def test_pages_are_bounded() -> None:
    def server(query: dict[str, str]) -> Answer:
        number = int(query.get("page", 1))
        return {"data": things(number), "next": f"{PATH}?page={number + 1}"}, {}

    listing, targets = listed(server)
    assert not listing.whole
    assert len(targets) == 200


def test_part_of_a_list_is_not_whole() -> None:
    assert not listed(plain(SEVEN, Content_Range="items 0-6/*"), status=206)[0].whole
    assert listed(plain(SEVEN, Content_Range="items 0-6/7"), status=206)[0].whole


def test_a_page_shorter_than_the_documented_size_is_the_last() -> None:
    listing, targets = listed(plain(SEVEN), *parameters("skip", limit={"default": 100}))
    assert listing.whole
    assert targets == [PATH]


def test_the_page_behind_the_last_may_be_404() -> None:
    def server(query: dict[str, str]) -> Answer | None:
        return None if "page" in query else (SEVEN, {})

    assert listed(server, *parameters("page"))[0].whole


# Caches.


@pytest.mark.parametrize(
    ("name", "value", "found"),
    [
        ("Age", "0", False),
        ("Age", "12", True),
        ("X-Cache", "MISS from a, HIT from b", True),
        ("X-Cache", "TCP_HIT", True),
        ("X-Cache", "Miss from cloudfront", False),
        ("x-cache-status", "HIT", True),
        ("X-Cache-Status", "STALE", True),
        ("CF-Cache-Status", "HIT", True),
        ("CF-Cache-Status", "DYNAMIC", False),
        ("Cache-Status", "Edge; hit; ttl=30", True),
        ("Cache-Status", "Edge; fwd=stale", False),
        ("X-Other", "hit", False),
    ],
)
def test_what_a_cache_answers_is_no_evidence(name: str, value: str, found: bool) -> None:
    exchange = Exchange(Request("GET", PATH), 200, (("Via", "1.1 x"), (name, value)), b"[]")
    assert stale(exchange) is found
    assert listed(plain([], **{name.replace("-", "_"): value}))[0].whole is not found


# Objects.


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ({"id": 1, "title": "x"}, {"id": 1, "title": "x"}),
        ({"data": {"id": 1}}, {"id": 1}),
        ({"success": True, "data": {"id": 1, "title": "x"}}, {"success": True, "id": 1, "title": "x"}),
        ({"status": "ok", "result": {"id": 1, "status": "new"}}, {"status": "new", "id": 1}),
        ({"message": "done", "thing": {"id": 1}}, {"message": "done", "id": 1}),
        (
            {"data": {"id": 1, "type": "things", "attributes": {"title": "x"}}},
            {"id": 1, "type": "things", "title": "x"},
        ),
        ({"data": {"id": 1, "attributes": {"id": 2}}}, {"id": 1, "attributes": {"id": 2}}),
        ({"id": 1, "data": {"title": "y"}}, {"id": 1, "data": {"title": "y"}}),
        ({"title": "x", "item": {"title": "y", "n": 2}}, {"title": "x", "item": {"title": "y", "n": 2}, "n": 2}),
        ({"data": None, "x": 1}, {"data": None, "x": 1}),
        ([], None),
        ("x", None),
    ],
)
def test_an_object_is_taken_out_of_its_envelope(value: Json, found: Json) -> None:
    assert unwrapped(value, resource()) == found


def test_envelopes_without_end_are_not_opened_without_end() -> None:
    value: Json = {"title": "x"}
    for _ in range(50):
        value = {"data": value}
    assert unwrapped(value) is not None


def test_rows_and_objects_have_their_fields_in_the_same_place() -> None:
    row = {"id": "1", "type": "things", "attributes": {"title": "x"}}
    assert rows_of({"data": [row]}, resource()) == [unwrapped({"data": row}, resource())]


def test_what_hangs_on_nothing_is_unreadable_and_never_asked_for() -> None:
    send = Scripted(plain(SEVEN))
    lost = Resource(
        "things",
        "/orgs/{org_id}/things",
        "/orgs/{org_id}/things/{thing_id}",
        "thing_id",
        {"GET list": Operation("GET", "/x"), "GET item": Operation("GET", "/x")},
    )
    assert not observer(send).listing(lost, {}).whole
    assert observer(send).item(lost, {"self.id": "1"}).state == "unreadable"
    assert observer(send).find(lost, "m", {}).state == "unreadable"
    assert not send.sent


# Ids.


def test_the_field_that_names_an_object_is_learned() -> None:
    found = observer(Scripted(plain([])))
    row = {"version": "7", "code": "7", "title": "x"}
    assert found.identify(resource(), row) is None
    found.learn(resource(), "7", row)
    found.learn(resource(), "8", {"version": "7", "code": 8, "title": "y"})
    assert found.identify(resource(), {"version": "7", "code": 9, "title": "z"}) == "9"
    assert found.identify(resource(name="others"), row) is None


@pytest.mark.parametrize(
    "value",
    [
        "MARK",
        {"notes": "a Mark here"},
        {"links": [1, None, {"url": "https://x.example/mark"}]},
        {"mark": 1, "notes": ["ma", "rk"]},
        {"notes": None},
        [],
        7,
    ],
)
def test_the_text_of_a_value_holds_what_the_value_holds(value: Json) -> None:
    assert ("mark" in text_of(value)) == holds(value, "mark")


def test_a_field_that_holds_an_address_is_learned() -> None:
    found = observer(Scripted(plain([])))
    found.learn(resource(), "7", {"title": "x", "where": "https://other.example/things/7"})
    assert found.identify(resource(), {"title": "y", "where": "/things/a%20b"}) == "a b"


def test_what_is_learned_comes_before_the_usual_places() -> None:
    found = observer(Scripted(plain([])))
    found.learn(resource(), "7", {"code": "7", "name": "x"})
    assert found.identify(resource(), {"code": "8", "name": "y"}) == "8"
    assert identify(resource(), {"code": "8", "name": "y"}) == "y"
    assert found.identify(resource(), {"name": "z"}) == "z"


@pytest.mark.parametrize("row", [{"id": "7", "position": 7}, {"title": "x"}, {}])
def test_nothing_is_learned_where_the_usual_places_tell_or_nothing_does(row: Mapping[str, Json]) -> None:
    found = observer(Scripted(plain([])))
    found.learn(resource(), "7", row)
    assert found.identify(resource(), {"id": "8", "position": 9}) == "8"


def test_an_object_without_a_path_of_its_own_is_found_in_the_list_by_what_was_learned() -> None:
    rows = [{"code": "a", "title": "x"}, {"code": "b", "title": "y"}]
    found = observer(Scripted(plain(rows)))
    found.learn(resource(item=False), "a", rows[0])
    assert found.item(resource(item=False), {"self.id": "b"}).values == rows[1]
    assert found.item(resource(item=False), {"self.id": "c"}).state == "absent"


@pytest.mark.parametrize("address", ["http://[", "/things", "/others/7", 7, None])
def test_an_address_that_is_none_names_nothing(address: Json) -> None:
    assert id_in_path(resource(), address) is None


def test_every_way_is_bounded_in_what_it_asks() -> None:
    for server, known in (*WAYS.values(), *NOT_WHOLE.values()):
        assert len(_targets(server, known)) <= 8


def _targets(server: Server, known: Iterable[Parameter]) -> list[str]:
    return listed(server, *known)[1]


@pytest.mark.parametrize(
    "row",
    [
        {"thingId": "t7", "name": "x"},
        {"thing-id": "t7", "name": "x"},
        {"name": "x", "_links": {"self": {"href": "https://api.example.org/things/t7"}}},
        {"name": "x", "links": {"self": "/things/t7"}},
    ],
)
def test_an_id_is_known_in_other_spellings_and_in_links(row: Mapping[str, Json]) -> None:
    things = Resource("things", "/things", "/things/{thing_id}", "thing_id", {})
    assert identify(things, row) == "t7"


class Owned:
    """Shows the objects that there are, and answers 403 for any other."""

    def __init__(self) -> None:
        self.rows = things(1, 2)

    def __call__(self, request: Request, line: str) -> Exchange:
        key = request.target.removeprefix(PATH).strip("/")
        row = next((one for one in self.rows if isinstance(one, dict) and str(one["id"]) == key), None)
        if key and row is None:
            return Exchange(request, 403)
        return Exchange(request, 200, (), json.dumps(row if key else self.rows).encode())


@pytest.mark.parametrize("told", [True, False], ids=["would-show", "never-shown"])
def test_what_a_lesser_reader_is_refused_is_gone_where_it_would_have_been_shown(told: bool) -> None:
    server = Owned()
    signer = Signer({"key": Channel.of("key", "header")}, [Identity("admin", key=Secret("k" * 20), auth="key")], {})
    lesser = Observer(server, signer, None).reading_as("admin")
    lesser.learn(resource(), "1", {"id": 1, "title": "Thing 1"})
    assert lesser.listing(resource(), {}).whole
    if told:
        lesser.would_show(resource(), "2")
    server.rows = things(1)
    assert lesser.item(resource(), {"self.id": "2"}).state == ("absent" if told else "unreadable")
    assert lesser.item(resource(), {"self.id": "1"}).state == "present"
