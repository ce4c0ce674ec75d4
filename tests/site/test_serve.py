"""The page on localhost."""

from __future__ import annotations

import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from http.server import ThreadingHTTPServer
from pathlib import Path

import pytest

from tasks.shared.errors import PerfError
from tasks.site.serve import open_server


@pytest.fixture
def server(tmp_path: Path) -> Iterator[ThreadingHTTPServer]:
    """A server of a folder with one file, on any port."""
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "index.html").write_text("the page")
    (tmp_path / "secret.txt").write_text("not the page")
    made = open_server(tmp_path / "site", "0")
    thread = threading.Thread(target=made.serve_forever)
    thread.start()
    yield made
    made.shutdown()
    thread.join()
    made.server_close()


def _address(server: ThreadingHTTPServer, path: str = "/") -> str:
    return f"http://localhost:{server.server_address[1]}{path}"


def test_it_shows_the_page(server: ThreadingHTTPServer) -> None:
    """As it is now: nothing is kept by browsers."""
    with urllib.request.urlopen(_address(server)) as answer:
        assert answer.read() == b"the page"
        assert answer.headers["Cache-Control"] == "no-cache"


def test_only_this_machine_can_ask(server: ThreadingHTTPServer) -> None:
    """It listens on the loopback address."""
    assert server.server_address[0] == "127.0.0.1"


@pytest.mark.parametrize("path", ["/../secret.txt", "/%2e%2e/secret.txt", "/..%2fsecret.txt"])
def test_nothing_outside_of_the_page(server: ThreadingHTTPServer, path: str) -> None:
    """However it is asked for."""
    with pytest.raises(urllib.error.HTTPError):
        urllib.request.urlopen(_address(server, path))


def test_a_port_that_is_taken(server: ThreadingHTTPServer, tmp_path: Path) -> None:
    """Says so, with the way out."""
    with pytest.raises(PerfError, match="port=9000"):
        open_server(tmp_path, str(server.server_address[1]))


@pytest.mark.parametrize("port", ["x", "-1", "70000", "80.5"])
def test_no_port(port: str, tmp_path: Path) -> None:
    """A number is expected."""
    with pytest.raises(PerfError, match="expected a number"):
        open_server(tmp_path, port)


def test_the_next_free_port(tmp_path: Path) -> None:
    """Without a port named, two can serve at once."""
    with open_server(tmp_path, "") as one, open_server(tmp_path, "") as other:
        assert one.server_address[1] != other.server_address[1]
