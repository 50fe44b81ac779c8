"""A moto server that waits before it answers, counts what it is asked, and knows the operations moto lacks.

``python -m bench.server`` prints its port and serves until its standard input ends. Control, without delay:
``GET /__bench/requests`` gives the requests since the last reset, ``POST /__bench/reset?latency=0.08`` starts anew.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from urllib.parse import parse_qs
from urllib.request import Request, urlopen

Environ = dict[str, Any]
StartResponse = Callable[..., Any]
_SCOPE = re.compile(r"Credential=[^/]+/\d{8}/([^/]+)/([^/]+)/")
_JSON, _XML = "application/json", "text/xml"

_NO_KEYS = (
    '<ListServiceSpecificCredentialsResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/">'
    "<ListServiceSpecificCredentialsResult><ServiceSpecificCredentials/><IsTruncated>false</IsTruncated>"
    "</ListServiceSpecificCredentialsResult></ListServiceSpecificCredentialsResponse>"
)
FIXTURES: Mapping[str, tuple[int, str, str]] = {
    "bedrock:GET /provisioned-model-throughputs": (200, _JSON, '{"provisionedModelSummaries": []}'),
    "iam:ListServiceSpecificCredentials": (200, _XML, _NO_KEYS),
}
"""Answers of ours where moto has none, as an account without these things would give them."""


class Application:
    def __init__(self, moto: Callable[[Environ, StartResponse], Iterable[bytes]]) -> None:
        self._moto = moto
        self._lock = threading.Lock()
        self._requests: list[str] = []
        self._latency = 0.0

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "")
        if path.startswith("/__bench/"):
            return self._control(path, environ, start_response)
        name = operation_of(environ)
        with self._lock:
            self._requests.append(name)
            latency = self._latency
        time.sleep(latency)
        if name in FIXTURES:
            status, content_type, body = FIXTURES[name]
            return _reply(start_response, status, content_type, body.encode())
        with self._lock:  # moto keeps its state in plain dictionaries
            return list(self._moto(environ, start_response))

    def _control(self, path: str, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        if path == "/__bench/reset":
            given = parse_qs(environ.get("QUERY_STRING", ""))
            with self._lock:
                self._requests = []
                self._latency = float(given.get("latency", ["0"])[0])
        with self._lock:
            body = json.dumps(self._requests).encode()
        return _reply(start_response, 200, _JSON, body)


def _reply(start_response: StartResponse, status: int, content_type: str, body: bytes) -> Iterable[bytes]:
    start_response(f"{status} -", [("Content-Type", content_type), ("Content-Length", str(len(body)))])
    return [body]


def operation_of(environ: Environ) -> str:
    """``service:Operation``, or ``service:METHOD /path`` where the protocol names no operation."""
    found = _SCOPE.search(environ.get("HTTP_AUTHORIZATION", ""))
    service = found.group(2) if found else "unsigned"
    target = environ.get("HTTP_X_AMZ_TARGET", "")
    if target:
        return f"{service}:{target.rpartition('.')[2]}"
    if environ.get("CONTENT_TYPE", "").startswith("application/x-www-form-urlencoded"):
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        environ["wsgi.input"] = _Buffered(body)
        action = parse_qs(body.decode()).get("Action")
        if action:
            return f"{service}:{action[0]}"
    return f"{service}:{environ['REQUEST_METHOD']} {environ.get('PATH_INFO', '')}"


def _Buffered(body: bytes) -> Any:
    import io

    return io.BytesIO(body)


def serve() -> None:
    from moto.server import DomainDispatcherApplication, create_backend_app
    from werkzeug.serving import WSGIRequestHandler, make_server

    class Handler(WSGIRequestHandler):
        protocol_version = "HTTP/1.1"  # keeps connections open, as AWS does

        def log_request(self, *_: object) -> None:
            """One line per request would be a cost of its own."""

    application = Application(DomainDispatcherApplication(create_backend_app))
    server = make_server("127.0.0.1", 0, application, threaded=True, request_handler=Handler)
    print(server.server_port, flush=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    sys.stdin.read()


@contextmanager
def running() -> Iterator[Server]:
    with subprocess.Popen(
        [sys.executable, "-m", "bench.server"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        port = process.stdout.readline().strip()
        try:
            yield Server(f"http://127.0.0.1:{port}")
        finally:
            process.communicate()


class Server:
    """The running server, from outside."""

    def __init__(self, url: str) -> None:
        self.url = url

    def requests(self) -> list[str]:
        return list(json.load(urlopen(f"{self.url}/__bench/requests")))

    def reset(self, latency: float) -> None:
        urlopen(Request(f"{self.url}/__bench/reset?latency={latency}", method="POST")).close()


if __name__ == "__main__":
    serve()
