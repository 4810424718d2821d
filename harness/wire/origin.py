"""The one place that a run may talk to, and how it is reached."""

import socket
import ssl
import time
from dataclasses import dataclass
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import urlsplit

from harness.errors import UsageError
from harness.wire.failures import Failed, reason_of

_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class Origin:
    """Scheme, host and port."""

    scheme: str
    """`http` or `https`."""
    host: str
    """Name in ASCII, or an address without brackets."""
    port: int

    @property
    def authority(self) -> str:
        """What `Host` says: the port only where it is not the scheme's own."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _PORTS[self.scheme] else f"{host}:{self.port}"


def origin_of(base_url: str) -> Origin:
    """The origin of an http or https URL, whatever its path. Raises `UsageError`, which does not quote the URL."""
    try:
        parts = urlsplit(base_url)
        host, port = (parts.hostname or "").encode("idna").decode("ascii"), parts.port
    except ValueError:
        raise UsageError("the base URL is malformed: write it as https://host or https://host:port") from None
    if parts.scheme not in _PORTS or not host or port == 0:
        raise UsageError("the base URL needs a scheme, http or https, and a host: https://host or https://host:port")
    if parts.username is not None or parts.password is not None:
        raise UsageError("the base URL holds credentials: remove what stands before the @")
    return Origin(parts.scheme, host, port or _PORTS[parts.scheme])


def left(until: float) -> float:
    """Seconds until that monotonic moment; raises `TimeoutError` when it has passed."""
    seconds = until - time.monotonic()
    if seconds <= 0:
        raise TimeoutError
    return seconds


class Dialer:
    """Opens connections to one origin, and to nothing else.

    A name is resolved once, at the first dial: what becomes of it later does not move the run to another machine.
    """

    def __init__(self, origin: Origin, ca: Path | None) -> None:
        self._origin = origin
        self._tls = _context(ca) if origin.scheme == "https" else None
        self._addresses: list[tuple[int, Any]] = []

    def dial(self, until: float) -> socket.socket:
        """A connected socket, its TLS peer verified. Raises `Failed`."""
        try:
            sock = self._connected(until)
        except OSError as error:
            raise Failed(reason_of(error)) from None
        try:
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if self._tls is None:
                return sock
            sock.settimeout(left(until))
            return self._tls.wrap_socket(sock, server_hostname=self._origin.host)
        except OSError as error:
            sock.close()
            raise Failed(reason_of(error)) from None

    def _connected(self, until: float) -> socket.socket:
        addresses = self._resolved(until)
        for number, (family, address) in enumerate(addresses):
            sock = socket.socket(family, socket.SOCK_STREAM)
            try:
                # A silent address leaves time for those after it.
                sock.settimeout(left(until) / (len(addresses) - number))
                sock.connect(address)
            except OSError:
                sock.close()
                if number == len(addresses) - 1:
                    raise
            else:
                return sock
        raise Failed("unresolved")

    def _resolved(self, until: float) -> list[tuple[int, Any]]:
        if not self._addresses:
            # The resolver knows no deadline, so it may outlive ours in a thread of its own.
            worker = Thread(target=self._resolve, name="holdfast-resolver", daemon=True)
            worker.start()
            worker.join(left(until))
            left(until)
        return self._addresses

    def _resolve(self) -> None:
        try:
            found = socket.getaddrinfo(self._origin.host, self._origin.port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError):
            return
        self._addresses = [(family, address) for family, _, _, _, address in found]


def _context(ca: Path | None) -> ssl.SSLContext:
    # Not `create_default_context`, which writes the session keys to the file that SSLKEYLOGFILE names.
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_alpn_protocols(["http/1.1"])
    if ca is None:
        context.load_default_certs()
        return context
    try:
        context.load_verify_locations(ca)
    except OSError:
        raise UsageError(f"{ca}: cannot be read as PEM certificates: name the file of the authority to trust") from None
    return context
