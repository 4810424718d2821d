"""Why an exchange has no answer that counts.

    reads-only                                          not sent: a write, where nothing is to be written
    budget, shut                                        not sent: the run's budget is spent, or the wire was closed
    unresolved, refused, unreachable                    no connection
    tls-expired, tls-not-yet-valid, tls-untrusted,
    tls-wrong-host, tls-certificate, tls-failed         no trusted connection
    deadline, reset, closed                             no answer in time, or none at all
    deadline-reading                                    an answer in time, so large that looking through it for secrets
                                                        took longer
    too-large, too-large-decoded, too-large-head,
    too-large-line, header-flood, interim-flood,
    chunk-flood                                         an answer beyond the bounds
    encoding                                            a content coding that is unknown or broken
    framing-…                                           an answer that two readers might read in two ways

None of them holds a word of what the server sent.
"""

import socket
import ssl

# X509_V_ERR_* of OpenSSL's x509_vfy.h.
_CERTIFICATE = {
    9: "tls-not-yet-valid",
    10: "tls-expired",
    18: "tls-untrusted",
    19: "tls-untrusted",
    20: "tls-untrusted",
    21: "tls-untrusted",
    62: "tls-wrong-host",
    64: "tls-wrong-host",
}


class Failed(Exception):
    """The exchange ends without an answer; `reason` is the exchange's `failure`."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Unanswered(Failed):
    """The peer went away before it sent a single byte."""


def reason_of(error: OSError) -> str:
    """The failure that a socket's error amounts to."""
    match error:
        case TimeoutError():
            return "deadline"
        case ssl.SSLCertVerificationError():
            return _CERTIFICATE.get(error.verify_code, "tls-certificate")
        case ssl.SSLError():
            return "tls-failed"
        case ConnectionRefusedError():
            return "refused"
        case ConnectionError():
            return "reset"
        case socket.gaierror():
            return "unresolved"
        case _:
            return "unreachable"
