"""AWS accounts in moto, in this process: plain clients to build them, and the real run to read them."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from typing import Any
from urllib.parse import parse_qs

from botocore.awsrequest import AWSResponse
from botocore.config import Config
from moto import mock_aws
from moto.core.botocore_stubber import MockRawResponse
from moto.core.models import botocore_stubber

from auditor.catalog import load_catalog
from auditor.demo.aws_simulator import clean_environment
from auditor.model.scope import Account, Provider
from auditor.providers import registry
from auditor.providers.aws.sdk import DUMMY, new_session
from auditor.providers.aws.session import AwsSession
from auditor.providers.base import Connection
from auditor.run import Listener, Result, audit_connections, select_checks
from auditor.settings import Settings
from auditor.wire.hop import Answer, Outgoing, Wire, declare
from auditor.wire.pace import Pacer

REGION = "us-east-1"
AS_OF = "2026-11-20T12:00:00+00:00"
_DONE = b"<PutUserPermissionsBoundaryResponse/>"
_BOUNDARY = (
    "<PermissionsBoundary><PermissionsBoundaryType>PermissionsBoundaryPolicy</PermissionsBoundaryType>"
    "<PermissionsBoundaryArn>{}</PermissionsBoundaryArn></PermissionsBoundary>"
)
Json = Any
Writer = Callable[[str, Mapping[str, Any]], Json]
"""The body of an answer that moto lacks, by the account and the parameters of the request."""


class MotoAccounts:
    """moto keeps accounts apart by a header, whatever the credentials."""

    def __init__(self) -> None:
        self.asking_as: dict[str, str] = {}
        """By account, who it is to AWS Organizations. A member that is a delegated administrator is answered by AWS as
        its management account is; moto has no answer for members."""
        self._lock = threading.Lock()
        self._boundaries: dict[str, dict[str, str]] = {}
        """By account and name of a user."""

    def last_hop(self, account: str) -> Callable[..., Any]:
        def answer(event_name: str, request: Any, **_: Any) -> Any:
            to_organization = ".organizations." in event_name
            asking = self.asking_as.get(account, account) if to_organization else account
            request.headers["x-moto-account-id"] = asking
            if event_name.endswith(".PutUserPermissionsBoundary"):
                return self._bound(account, request)
            with self._lock:  # moto keeps its state in plain dictionaries
                answered = botocore_stubber(event_name, request)
            if event_name.endswith(".GetAccountAuthorizationDetails"):
                return self._with_boundaries(account, request, answered)
            return answered

        return answer

    def _bound(self, account: str, request: Any) -> Any:
        asked = parse_qs(request.body if isinstance(request.body, str) else request.body.decode())
        self._boundaries.setdefault(account, {})[asked["UserName"][0]] = asked["PermissionsBoundary"][0]
        return AWSResponse(request.url, 200, {"content-type": "text/xml"}, MockRawResponse(_DONE))

    def _with_boundaries(self, account: str, request: Any, answered: Any) -> Any:
        """moto has no permissions boundaries of users."""
        bounds = self._boundaries.get(account, {})

        def bound(user: re.Match[str]) -> str:
            arn = bounds.get(user[1].rpartition("/")[2])
            return user[0] if arn is None else f"{user[0]}{_BOUNDARY.format(arn)}"

        text = re.sub(r"<Arn>(arn:aws:iam::\d+:user/[^<]+)</Arn>", bound, answered.content.decode())
        return AWSResponse(request.url, answered.status_code, dict(answered.headers), MockRawResponse(text))

    def clients(self, account: str) -> Callable[[str], Any]:
        """Clients that may write, for building an account. They reach moto and nothing else."""
        session = new_session(isolated=True, credentials=DUMMY)
        session.get_component("event_emitter").register("before-send", self.last_hop(account))
        options = Config(ignore_configured_endpoint_urls=True, proxies={})
        return cache(lambda service: session.create_client(service, region_name=REGION, config=options))

    def read(self, accounts: Sequence[str], checks: Sequence[str], writers: Mapping[str, Writer]) -> Result:
        """One run over some accounts. ``writers``, by call, answer at the wire what moto has no answer to."""

        def written(request: Outgoing) -> Answer | None:
            writer = writers.get(request.call.key)
            if writer is None:
                return None
            body = json.dumps(writer(request.account, request.params)).encode()
            return Answer(200, body, {"content-type": "application/json"}, synthetic=True)

        catalog, collectors = load_catalog(), registry.collectors([Provider.AWS])
        settings = Settings(clouds=(Provider.AWS,), checks=tuple(checks))
        wire = Wire(
            declared=declare(call for collector in collectors for call in collector.calls()),
            pacer=Pacer(sleep=lambda _: None),
            attempts=1,
            as_of=AS_OF,
            sources=(written,),
        )
        places = {Account(Provider.AWS, account): (REGION,) for account in accounts}
        sessions = {a: AwsSession(a, wire, last_hop=self.last_hop(a.id)) for a in places}
        for session in sessions.values():
            session.locations = (REGION,)
        connection = Connection(
            provider=Provider.AWS,
            principal=f"arn:aws:iam::{accounts[0]}:role/auditor",
            sessions=dict(sessions),
            locations=places,
        )
        return audit_connections(
            [connection],
            (),
            wire=wire,
            catalog=catalog,
            checks=select_checks(settings, catalog),
            collectors=collectors,
            settings=settings,
            as_of=AS_OF,
            listener=Listener(),
        )


@contextmanager
def moto_accounts() -> Iterator[MotoAccounts]:
    with clean_environment(), mock_aws(config={"core": {"mock_credentials": False, "reset_boto3_session": False}}):
        yield MotoAccounts()
