"""moto on a port, with the demo's AWS account in it and, if wanted, answers that come late and out of order."""

from __future__ import annotations

import random
import threading
import time
import urllib.request
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import botocore.session
from botocore.config import Config
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import make_server

from auditor.demo.aws_seed import seed
from auditor.demo.aws_simulator import _add_aws_policies

Wsgi = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


class Delayed:
    """Holds each answer back for a random time. What moto lacks is a 501, which nobody retries."""

    def __init__(self, application: Wsgi) -> None:
        self._application = application
        self.longest = 0.0

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        if self.longest:
            time.sleep(random.uniform(0, self.longest))

        def start(status: str, headers: Any, *rest: Any) -> Any:
            lacking = status.startswith("500")
            return start_response("501 NOT IMPLEMENTED" if lacking else status, headers, *rest)

        try:
            return self._application(environ, start)
        except Exception:
            start_response("501 NOT IMPLEMENTED", [("Content-Type", "text/plain")])
            return [b"moto lacks this"]


@contextmanager
def moto_server() -> Iterator[tuple[str, Delayed]]:
    """The URL of a seeded server, and its delays."""
    application = Delayed(DomainDispatcherApplication(create_backend_app))
    server = make_server("127.0.0.1", 0, application, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    url = f"http://127.0.0.1:{server.server_port}"
    sdk = botocore.session.Session()
    clients: dict[tuple[str, str], Any] = {}

    def client(service: str, region: str) -> Any:
        if (service, region) not in clients:
            clients[service, region] = sdk.create_client(
                service,
                region_name=region,
                endpoint_url=url,
                aws_access_key_id="testing",
                aws_secret_access_key="testing",
                config=Config(s3={"addressing_style": "path"}),
            )
        return clients[service, region]

    urllib.request.urlopen(urllib.request.Request(f"{url}/moto-api/reset", method="POST"))
    _add_aws_policies()
    try:
        seed(client)
        yield url, application
    finally:
        server.shutdown()
        thread.join()
