"""Where the target is: an http or https origin with an optional path prefix."""

import re
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Self

_SHAPE = re.compile(
    r"(?P<scheme>https?)://"
    r"(?P<host>[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?|\[[0-9A-Fa-f:.]+\])"
    r"(?::(?P<port>[0-9]{1,5}))?"
    r"(?P<prefix>/[A-Za-z0-9._~!$&'()*+,;=:@%/-]*)?"
)
_PORTS = {"http": 80, "https": 443}
_OWN = (ip_network("127.0.0.0/8"), ip_network("::1/128"))


@dataclass(frozen=True, slots=True)
class BaseUrl:
    """A base URL in parts; `str` puts them together again."""

    scheme: str
    """`http` or `https`."""
    host: str
    """Lower case; an IPv6 address is without brackets."""
    port: int
    prefix: str
    """Path in front of every path of the API: empty, or `/…` without a slash at its end."""

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a base URL. Raises ValueError with what is wrong and what to do.

        The message does not quote the URL, which may hold a password.
        """
        authority = re.sub(r"^[A-Za-z+.-]*://", "", text).split("/")[0]
        if "@" in authority:
            raise ValueError("must not hold a user name or password; name them under 'identities'")
        if "?" in text or "#" in text:
            raise ValueError("must not hold a query or fragment; end it after the path prefix")
        found = _SHAPE.fullmatch(text)
        if not found:
            raise ValueError(
                "must be http:// or https://, a host, and perhaps a port and a path, like http://127.0.0.1:8000"
            )
        scheme, host, prefix = found["scheme"], found["host"].strip("[]").lower(), (found["prefix"] or "").rstrip("/")
        port = int(found["port"]) if found["port"] else _PORTS[scheme]
        if not 0 < port < 65536:
            raise ValueError("has a port that is none; use one from 1 to 65535")
        if found["host"].startswith("[") and not (":" in host and _is_address(host)):
            raise ValueError("has an IPv6 address that is none; write it like [::1]")
        if any(segment in ("", ".", "..") for segment in prefix.split("/")[1:]):
            raise ValueError("has an empty or dotted segment in its path; write the path plainly")
        return cls(scheme, host, port, prefix)

    @property
    def authority(self) -> str:
        """Host, and the port where it is not the scheme's own: the value of a Host header."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _PORTS[self.scheme] else f"{host}:{self.port}"

    @property
    def origin(self) -> str:
        """`scheme://host[:port]`."""
        return f"{self.scheme}://{self.authority}"

    @property
    def is_loopback(self) -> bool:
        """Whether it is 127.0.0.0/8, ::1 or `localhost`: this machine, for sure and without a look-up."""
        return self.host == "localhost" or (_is_address(self.host) and _is_own(ip_address(self.host)))

    def __str__(self) -> str:
        return self.origin + self.prefix


def _is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def _is_own(address: IPv4Address | IPv6Address) -> bool:
    # Not `is_loopback`: Python versions differ over ::ffff:127.0.0.1.
    return any(address in network for network in _OWN)
