# mypy: allow-subclassing-any
"""Django behind its own threaded WSGI server, which keeps connections open."""

from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler
from django.core.wsgi import get_wsgi_application
from django.urls import reverse


class Handler(WSGIRequestHandler):
    """One connection."""

    # Head and body are written apart, and else the body waits 40 ms for an acknowledgement.
    disable_nagle_algorithm = True

    def log_message(self, format: str, *args: object) -> None:
        """Queries may hold keys: nothing is logged."""


class Server(ThreadedWSGIServer):
    """A server on the loopback interface."""

    request_queue_size = 128


def listen() -> Server:
    """A server that accepts connections on a free port, and answers when it is told to serve."""
    # Imports the APIs: what is wrong with them stops the start, and no first request waits for them.
    reverse("os-list")
    server = Server(("127.0.0.1", 0), Handler)
    server.set_app(get_wsgi_application())
    return server
