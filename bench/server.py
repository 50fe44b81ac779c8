"""A moto server that waits before it answers, counts what it is asked, and knows the operations moto lacks.

``python -m bench.server`` prints its port and serves until its standard input ends. Control, without delay:
``GET /__bench/requests`` gives the requests since the last reset, ``POST /__bench/reset?latency=0.08`` starts anew.
"""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from urllib.parse import parse_qs
from urllib.request import Request, urlopen

from bench.history import History
from bench.names import nothing, operation_of, region_of, throttled

Environ = dict[str, Any]
StartResponse = Callable[..., Any]
_JSON = "application/json"


_NO_POLICY = b'{"__type": "EffectivePolicyNotFoundException", "message": "none"}'
FIXTURES: Mapping[str, tuple[int, str, bytes]] = {
    "macie2:GetAutomatedDiscoveryConfiguration": (200, _JSON, b'{"status": "DISABLED"}'),
    "organizations:DescribeEffectivePolicy": (400, _JSON, _NO_POLICY),
    "sagemaker:GetEndpointPolicy": (400, _JSON, b'{"__type": "ValidationException", "message": "none"}'),
}
"""Answers where moto has none and there is no list that could be empty."""


class Application:
    """``history`` may answer before moto does: a request, as a WSGI environment, and its operation."""

    def __init__(
        self,
        moto: Callable[[Environ, StartResponse], Iterable[bytes]],
        history: Callable[[str, Environ], bytes | None] = lambda key, environ: None,
    ) -> None:
        self._moto, self._history = moto, history
        self._lock = threading.Lock()
        self._requests: list[tuple[str, str]] = []
        self._latency = 0.0
        self._per_second = 0
        self._recent: dict[str, deque[float]] = {}
        self._refused = 0

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "")
        if path.startswith("/__bench/"):
            return self._control(path, environ, start_response)
        name = operation_of(environ)
        with self._lock:
            self._requests.append((name, region_of(environ)))
            latency = self._latency
            refused = self._over_quota(name)
        time.sleep(latency)
        if refused:
            return _reply(start_response, *throttled(name))
        own = self._history(name, environ)
        if own is not None:
            return _reply(start_response, 200, _JSON, own)
        with self._lock:  # moto keeps its state in plain dictionaries
            return self._answer(name, environ, start_response)

    def _answer(self, name: str, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        """moto's answer; where it has none, that of an account which has nothing of the kind."""
        started: list[tuple[str, list[tuple[str, str]]]] = []
        try:
            body = list(self._moto(environ, lambda status, headers, *_: started.append((status, headers))))
            lacking = started[-1][0][:3] in ("404", "500", "501") and not _is_protocol(started[-1][1], body)
        except Exception:  # a simulator's own fault
            lacking, body = True, []
        if lacking:
            empty = FIXTURES.get(name) or nothing(name)
            return _reply(start_response, *(empty or (500, "text/html", b"<html>not implemented</html>")))
        start_response(*started[-1])
        return body

    def _over_quota(self, name: str) -> bool:
        if not self._per_second:
            return False
        now = time.monotonic()
        recent = self._recent.setdefault(name, deque())
        while recent and recent[0] < now - 1:
            recent.popleft()
        if len(recent) >= self._per_second:
            self._refused += 1
            return True
        recent.append(now)
        return False

    def _control(self, path: str, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        with self._lock:
            if path == "/__bench/reset":
                given = parse_qs(environ.get("QUERY_STRING", ""))
                self._requests, self._refused = [], 0
                self._latency = float(given.get("latency", ["0"])[0])
                self._per_second = int(given.get("per_second", ["0"])[0])
            body = json.dumps({"requests": self._requests, "refused": self._refused}).encode()
        return _reply(start_response, 200, _JSON, body)


def _is_protocol(headers: Iterable[tuple[str, str]], body: Iterable[bytes]) -> bool:
    """Whether an error is one that a service would send, and not a simulator's."""
    content_type = next((value for name, value in headers if name.lower() == "content-type"), "")
    text = b"".join(body)
    return "html" not in content_type and b"Not yet implemented" not in text and bool(text.strip())


def _reply(start_response: StartResponse, status: int, content_type: str, body: bytes) -> Iterable[bytes]:
    start_response(f"{status} -", [("Content-Type", content_type), ("Content-Length", str(len(body)))])
    return [body]


def serve() -> None:
    from moto.server import DomainDispatcherApplication, create_backend_app
    from werkzeug.serving import WSGIRequestHandler, make_server

    class Handler(WSGIRequestHandler):
        protocol_version = "HTTP/1.1"  # keeps connections open, as AWS does

        def log_request(self, *_: object) -> None:
            """One line per request would be a cost of its own."""

    jobs = int(sys.argv[1]) if len(sys.argv) > 1 else 0
    history = History(jobs).reply if jobs else lambda key, environ: None
    application = Application(DomainDispatcherApplication(create_backend_app), history)
    server = make_server("127.0.0.1", 0, application, threaded=True, request_handler=Handler)
    print(server.server_port, flush=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    sys.stdin.read()


@contextmanager
def running(jobs: int = 0) -> Iterator[Server]:
    """A server in a process of its own; ``jobs`` finished training jobs are in its account."""
    with subprocess.Popen(
        [sys.executable, "-m", "bench.server", str(jobs)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
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

    def requests(self) -> list[tuple[str, str]]:
        """Operation and region of each request since the last reset, in order."""
        return [(name, region) for name, region in self._state()["requests"]]

    def refused(self) -> int:
        """Requests beyond the quota since the last reset."""
        return int(self._state()["refused"])

    def _state(self) -> Any:
        return json.load(urlopen(f"{self.url}/__bench/requests"))

    def reset(self, latency: float, per_second: int = 0) -> None:
        """``per_second`` is the quota of each operation; 0 for none."""
        query = f"latency={latency}&per_second={per_second}"
        urlopen(Request(f"{self.url}/__bench/reset?{query}", method="POST")).close()


if __name__ == "__main__":
    serve()
