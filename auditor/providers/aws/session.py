"""A guarded, recorded session with one AWS account."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from typing import Any, ClassVar

from botocore import xform_name
from botocore.config import Config
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    DataNotFoundError,
    ParamValidationError,
    UnknownServiceError,
)
from botocore.exceptions import ValidationError as BotocoreValidationError
from botocore.model import OperationNotFoundError
from botocore.parsers import ResponseParserError

from auditor.model.facts import Reason
from auditor.model.scope import GLOBAL, Account, Provider
from auditor.providers.aws.bodies import PROTOCOLS
from auditor.providers.aws.errors import note_of, reason_of, reason_of_fault
from auditor.providers.aws.hooks import CREDENTIAL_CALLS, Flight, Hooks, LastHop
from auditor.providers.aws.models_on_disk import forget
from auditor.providers.aws.paging import Paging, paging_of
from auditor.providers.aws.sdk import DUMMY, new_session
from auditor.providers.base import Session
from auditor.wire.calls import Call
from auditor.wire.errors import CallFailed, MalformedResponse
from auditor.wire.hop import Wire

HOME_REGIONS = {
    "aws": "us-east-1",
    "aws-cn": "cn-north-1",
    "aws-us-gov": "us-gov-west-1",
    "aws-iso": "us-iso-east-1",
    "aws-iso-b": "us-isob-east-1",
    "aws-eusc": "eusc-de-east-1",
}
"""Where the global services of a partition are asked."""


class AwsSession(Session):
    """Sends declared calls through botocore. ``credentials`` are botocore's; None where nothing can leave anyway.

    ``last_hop`` takes the place of the network (see :data:`auditor.providers.aws.hooks.LastHop`). A session that has
    one, or whose wire is offline, reads no environment, no profile and no configuration file.
    """

    provider: ClassVar[Provider] = Provider.AWS

    def __init__(
        self,
        account: Account,
        wire: Wire,
        credentials: Any = None,
        *,
        profile: str | None = None,
        partition: str = "aws",
        last_hop: LastHop | None = None,
        workers: int = 32,
    ) -> None:
        super().__init__(account, wire.ledger)
        self.wire, self.partition = wire, partition
        self._home = HOME_REGIONS.get(partition, "us-east-1")
        self._workers = workers
        self._isolated = wire.offline or last_hop is not None
        if credentials is None and not self._isolated:
            raise ValueError("a session with the network needs credentials")
        self._sdk = new_session(
            profile=profile,
            isolated=self._isolated,
            credentials=credentials or DUMMY,
            declared=frozenset((*wire.declared, *CREDENTIAL_CALLS)),
        )
        self._hooks = Hooks(wire, account.id, last_hop)
        self._hooks.install(self._sdk)
        self._lock = threading.Lock()
        self._clients: dict[tuple[str, str], Any] = {}
        self._pagings: dict[str, Paging] = {}

    def _send(self, call: Call, location: str, params: Mapping[str, Any]) -> Any:
        client = self._client(call, location)
        method = getattr(client, xform_name(call.operation), None)
        if method is None:
            raise CallFailed(call, Reason.NOT_BUILT, "the installed botocore does not know it")
        flight = Flight(call, location)
        try:
            with self._hooks.sending(flight):
                parsed = method(**params)
        except ClientError as error:
            return self._refused(flight, error)
        except (MalformedResponse, ResponseParserError):
            self._finish(flight, MalformedResponse.__name__)
            raise CallFailed(call, Reason.MALFORMED) from None
        except (ParamValidationError, BotocoreValidationError):
            raise
        except BotoCoreError as error:
            code = getattr(error, "code", "") or type(error).__name__
            flight.status, flight.body = None, b""
            self._finish(flight, code)
            raise CallFailed(call, reason_of_fault(code), code) from None
        self._finish(flight, "", parsed.pop("ResponseMetadata", {}).get("RequestId", ""))
        return parsed

    def _refused(self, flight: Flight, error: ClientError) -> None:
        """An error response: None if its code is one of the call's documented absences."""
        call = flight.call
        code = str(error.response.get("Error", {}).get("Code", ""))
        if error.operation_name != call.operation:  # obtaining fresh credentials was refused on the way
            flight.status, flight.body = None, b""
            code = "CredentialRetrievalError"
            self._finish(flight, code)
            raise CallFailed(call, reason_of_fault(code), code) from None
        self._finish(flight, code, error.response.get("ResponseMetadata", {}).get("RequestId", ""))
        if code in call.absence:
            return
        status = flight.status if flight.status is not None else 0
        message = str(error.response.get("Error", {}).get("Message", ""))
        raise CallFailed(call, reason_of(code, status, message), code, note_of(code, message)) from None

    def _finish(self, flight: Flight, error: str, request_id: str = "") -> None:
        if flight.request is None:
            return
        answered = flight.answered
        self.wire.finish(
            flight.request,
            status=flight.status,
            error=error,
            body=flight.body,
            headers=flight.headers,
            request_id=request_id,
            attempts=max(flight.attempts - 1, 0) + (answered.attempts if answered is not None else 1),
            synthetic=answered is not None and answered.synthetic,
        )

    def _client(self, call: Call, location: str) -> Any:
        region = self._home if location == GLOBAL else location
        with self._lock:  # creating clients is not thread-safe; using them is
            client = self._clients.get((call.service, region))
            if client is None:
                try:
                    client = self._sdk.create_client(
                        call.service, region_name=region, config=self._config(call.service)
                    )
                except (UnknownServiceError, DataNotFoundError):
                    raise CallFailed(call, Reason.NOT_BUILT, "the installed botocore does not know it") from None
                if client.meta.service_model.resolved_protocol not in PROTOCOLS:
                    raise CallFailed(call, Reason.NOT_BUILT, client.meta.service_model.resolved_protocol)
                self._clients[call.service, region] = client
        return client

    def _config(self, service: str) -> Any:
        options: dict[str, Any] = {
            "max_pool_connections": self._workers,
            "connect_timeout": self.wire.connect_timeout,
            "read_timeout": self.wire.read_timeout,
            "retries": {"mode": "standard", "total_max_attempts": 1},  # the hooks decide on retries
            "user_agent_extra": "ml-posture-auditor",
        }
        if self._isolated:
            options["proxies"] = {}  # else those of the environment
        if service.startswith("bedrock"):
            # a Bedrock API key in the environment must not answer in another name than the principal we report
            options["auth_scheme_preference"] = "sigv4"
        return Config(**options)

    def forget(self) -> None:
        super().forget()
        with self._lock:
            self._clients.clear()
            self._pagings.clear()
            self._sdk = None
        forget()

    def _page_params(self, call: Call, params: Mapping[str, Any], token: Any) -> dict[str, Any]:
        return self._paging(call).params(params, token)

    def _next_token(self, call: Call, page: Mapping[str, Any]) -> Any:
        return self._paging(call).next_token(page)

    def _paging(self, call: Call) -> Paging:
        paging = self._pagings.get(call.key)
        if paging is None:
            loader = self._sdk.get_component("data_loader")
            try:
                config = loader.load_service_model(call.service, "paginators-1")["pagination"].get(call.operation)
            except (DataNotFoundError, UnknownServiceError):
                config = None
            try:
                operation = self._sdk.get_service_model(call.service).operation_model(call.operation)
            except (UnknownServiceError, OperationNotFoundError):
                return Paging()  # sending the call says so
            paging = self._pagings[call.key] = paging_of(call.service, operation, config)
        return paging

    def offers(self, service: str, location: str) -> bool:
        """By botocore's endpoint data. Services it lists no regions for, and regions it does not know, count as
        offered: asking there shows."""
        if location == GLOBAL or not service:
            return True
        regions = self._regions(service)
        return not regions or location in regions or location not in self._regions("ec2")

    def _regions(self, service: str) -> frozenset[str]:
        with self._lock:
            return frozenset(self._sdk.get_available_regions(service, partition_name=self.partition))
