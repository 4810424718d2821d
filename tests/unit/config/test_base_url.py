import pytest

from harness.config import BaseUrl


@pytest.mark.parametrize(
    ("text", "origin", "host", "port", "prefix"),
    [
        ("http://127.0.0.1", "http://127.0.0.1", "127.0.0.1", 80, ""),
        ("http://127.0.0.1:8000/", "http://127.0.0.1:8000", "127.0.0.1", 8000, ""),
        ("https://LOCALHOST:443/api/v1/", "https://localhost", "localhost", 443, "/api/v1"),
        ("http://[::1]:8000/a", "http://[::1]:8000", "::1", 8000, "/a"),
        ("https://staging.example.org", "https://staging.example.org", "staging.example.org", 443, ""),
    ],
)
def test_parts(text: str, origin: str, host: str, port: int, prefix: str) -> None:
    url = BaseUrl.parse(text)
    assert (url.origin, url.host, url.port, url.prefix) == (origin, host, port, prefix)
    assert str(url) == origin + prefix
    assert BaseUrl.parse(str(url)) == url


@pytest.mark.parametrize("host", ["127.0.0.1", "127.255.255.254", "[::1]", "[0:0::1]", "localhost", "LocalHost"])
def test_loopback(host: str) -> None:
    assert BaseUrl.parse(f"http://{host}").is_loopback


@pytest.mark.parametrize(
    "host",
    [
        *(
            "0.0.0.0",
            "128.0.0.1",
            "127.1",
            "2130706433",
            "0x7f000001",
            "127.0.0.1.example.org",
            "localhost.example.org",
        ),
        *("xlocalhost", "a.localhost", "[::]", "[::2]", "[::ffff:127.0.0.1]"),
    ],
)
def test_not_loopback(host: str) -> None:
    assert not BaseUrl.parse(f"http://{host}").is_loopback


@pytest.mark.parametrize(
    "text",
    [
        *("", "127.0.0.1", "//127.0.0.1", "ftp://127.0.0.1", "http://", "http:///x", "http://a b", "http://127.0.0.1:"),
        *("http://127.0.0.1:0", "http://127.0.0.1:99999", "http://127.0.0.1\n", "http://127.0.0.1/\\x", "http://a/ü"),
        *("http://127.0.0.1@example.org", "http://127.0.0.1?x", "http://127.0.0.1#x", "http://127.0.0.1/a//b"),
        *("http://a/./b", "http://-a", "HTTP://a", "http://[::1", "http://[127.0.0.1]"),
    ],
)
def test_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"must|has"):
        BaseUrl.parse(text)
