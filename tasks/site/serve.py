"""The page on localhost, for this machine only."""

from __future__ import annotations

from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from tasks.shared.errors import PerfError

#: Where it is looked for first; the next free one after it is taken.
PORT, _TRIES = 8000, 20


class Handler(SimpleHTTPRequestHandler):
    """Files of the page, always as they are now; nothing is said of each request."""

    def end_headers(self) -> None:
        self.send_header("Cache-Control", "no-cache")
        self.send_header("X-Content-Type-Options", "nosniff")
        super().end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """A page needs a dozen files; who reads it needs no list of them."""


def open_server(folder: Path, port: str) -> ThreadingHTTPServer:
    """A server of ``folder`` on localhost that has its port; PerfError if it can't have it."""
    handler = partial(Handler, directory=str(folder))
    if port:
        return _bound(number_of(port), handler)
    for number in range(PORT, PORT + _TRIES):
        try:
            return _bound(number, handler)
        except PerfError:
            continue
    raise PerfError(f"ports {PORT} to {PORT + _TRIES - 1} are all taken; name another: doit serve port=9000")


def number_of(port: str) -> int:
    """The port that ``port=`` names; 0 is any that is free."""
    if not port.isdecimal() or int(port) > 65535:
        raise PerfError(f"port={port}: expected a number up to 65535")
    return int(port)


def _bound(port: int, handler: partial[Handler]) -> ThreadingHTTPServer:
    try:
        return ThreadingHTTPServer(("127.0.0.1", port), handler)
    except OSError as error:
        raise PerfError(f"port {port} can't be had: {error.strerror}; name another: doit serve port=9000") from error
