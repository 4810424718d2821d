"""The functions of an emitted test that are the same in each. They are text: the file has to stand alone."""

SENDING = '''
class Made(NamedTuple):
    """An object that this test made."""

    id: str
    path: str
    uri: str
    values: dict[str, Any]

    @property
    def key(self) -> str:
        """Its id as it stands in a path."""
        return quote(self.id, safe="")


def could_not_tell(why: str) -> NoReturn:
    """Neither open nor shut: that must never pass."""
    pytest.fail(f"could not tell: {why}", pytrace=False)


def got_in(answer: requests.Response, effect: str) -> NoReturn:
    """The API did what it must not."""
    pytest.fail(f"{CLAIM} answers {answer.status_code}: {effect}", pytrace=False)


def fresh() -> str:
    """A text that nobody else has sent, to know objects again by."""
    return f"hf{uuid.uuid4().hex[:22]}"


def send(method: str, target: str, headers: Mapping[str, str], body: str | None = None) -> requests.Response:
    """One request on a connection of its own; its target goes out as written, and no redirect is followed."""
    request = requests.Request(method, BASE_URL, headers=dict(headers), data=body and body.encode()).prepare()
    request.url = BASE_URL + target
    with requests.Session() as session:
        session.trust_env = False
        try:
            return session.send(request, timeout=30, allow_redirects=False)
        except (requests.RequestException, ValueError) as error:
            could_not_tell(f"{method} {target} was not answered ({type(error).__name__})")


def content(answer: requests.Response) -> Any:
    """The answer's JSON; None where it is none."""
    try:
        return answer.json()
    except ValueError:
        return None
'''

MAKING = '''
def identifier(data: Any, item: str) -> str:
    """The id of an object: the end of an address of its own, or a field; empty where there is none."""
    head, _, tail = item.partition("{}")
    row = data if isinstance(data, dict) else {}
    for path in (urlsplit(row[name]).path for name in ADDRESSES if isinstance(row.get(name), str)):
        name = path.removeprefix(head).removesuffix(tail)
        if path == head + name + tail and name and "/" not in name:
            return unquote(name)
    return next((str(row[name]) for name in IDS if isinstance(row.get(name), str | int)), "")


def bare(data: Any) -> Any:
    """An object without the envelope that it may come in."""
    inner = [one for one in data.values() if isinstance(one, dict)] if isinstance(data, dict) else []
    named = [one for one in inner if any(name in one for name in IDS)]
    only = named or inner
    return spread(only[0] if len(only) == 1 and not any(name in data for name in IDS) else data)


def spread(row: Any) -> Any:
    """An object with what it keeps among its attributes beside them."""
    fields = row.get("attributes") if isinstance(row, dict) else None
    return {**fields, **row} if isinstance(fields, dict) else row


def read(path: str) -> Any:
    """An object as who may see it is shown it; None where it is not there."""
    answer = send("GET", path, OWN)
    if answer.status_code in (404, 410):
        return None
    values = bare(content(answer))
    if answer.status_code != 200 or not isinstance(values, dict):
        could_not_tell(f"GET {path} answers {answer.status_code} to the valid key")
    return values


def create(made: list[str], marker: str, target: str, body: Mapping[str, Any], item: str) -> Made:
    """An object made with the valid key, and read back. It is removed when the test ends."""
    answer = send("POST", target, {**OWN, "Content-Type": "application/json"}, json.dumps(body))
    if not answer.ok:
        could_not_tell(f"with the valid key, POST {target} answers {answer.status_code} {answer.text[:200]}")
    located = {"resource_uri": answer.headers.get("Location")}
    name = identifier(located, item) or identifier(bare(content(answer)), item)
    path = item.replace("{}", quote(name, safe=""))
    values = read(path) if name else None
    if values is None or marker not in json.dumps(values):
        could_not_tell(f"POST {target} answers {answer.status_code}, and what it made is not found; look for {marker}")
    made.append(path)
    uri = next((values[one] for one in ADDRESSES if isinstance(values.get(one), str)), path)
    return Made(name, path, uri, values)


def remove(made: Sequence[str]) -> None:
    """Removes what this test made, the last first."""
    gone = (200, 202, 204, 404, 410)
    left = [path for path in reversed(made) if send("DELETE", path, OWN).status_code not in gone]
    if left:
        warnings.warn(f"still there, and to be removed by hand: {', '.join(left)}", stacklevel=2)
'''

LISTING = '''
def rows(target: str) -> list[Any]:
    """All objects of a list, page by page."""
    found: list[Any] = []
    for _ in range(200):
        data = content(send("GET", target, OWN))
        lists = [one for one in (data, *nested(data)) if isinstance(one, list)]
        if not lists:
            could_not_tell(f"GET {target} shows no list to the valid key")
        found += map(spread, lists[0])
        around = [one for one in (data, *nested(data)) if isinstance(one, dict)]
        onward = next((one["next"] for one in around if isinstance(one.get("next"), str) and one["next"]), None)
        if onward is None:
            told = [one[name] for one in around for name in TOTALS if isinstance(one.get(name), int)]
            if max(told, default=0) > len(found):
                could_not_tell(f"GET {target} shows {len(found)} of {max(told)} objects, and not where the others are")
            return found
        parts = urlsplit(urljoin(BASE_URL + target, onward))
        target = f"{parts.path}?{parts.query}"
    could_not_tell(f"the list at {target} has no end")


def nested(data: Any) -> list[Any]:
    """What stands one level down, and two."""
    inner = list(data.values()) if isinstance(data, dict) else []
    return inner + [two for one in inner if isinstance(one, dict) for two in one.values()]


def having(listed: Sequence[Any], marker: str) -> list[Any]:
    """The objects that hold a text."""
    return [row for row in listed if marker in json.dumps(row)]


def paths(listed: Sequence[Any], item: str) -> list[str]:
    """Where these objects are."""
    return [item.replace("{}", quote(name, safe="")) for row in listed if (name := identifier(row, item))]
'''

STABLE = '''
def state(path: str) -> Any:
    """An object without what changes by itself; None where it is not there."""
    first, second = read(path), read(path)
    if not isinstance(first, dict) or not isinstance(second, dict):
        return first
    return {name: value for name, value in first.items() if second.get(name) == value}


def changed(before: Any, after: Any) -> list[str]:
    """The fields that both show, with another value."""
    return [name for name, value in before.items() if name in after and after[name] != value]
'''

RULES = '''
def breach(values: Mapping[str, Any]) -> str:
    """What an object holds that its rules forbid; empty where nothing."""
    for name, (sibling, suffix) in RULES.items():
        value = values.get(name)
        if value in (None, ""):
            continue
        plain = isinstance(value, str) and len(value) <= 2048 and not re.search(r\'[^!-~]|[\\\\\\\\"<>^`{|}]\', value)
        if not plain or (ALLOW and not value.startswith(ALLOW)):
            return f"{name} is {value!r}"
        if sibling and value != f"{values.get(sibling) or \'\'}{suffix}":
            return f"{name} is {value!r} beside {sibling} {values.get(sibling)!r}"
    return ""
'''
