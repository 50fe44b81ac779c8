"""Amazon Bedrock and Amazon SageMaker as the account uses them, per region."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from auditor.model.facts import Fact, Known
from auditor.model.resources import AiService
from auditor.model.scope import Provider
from auditor.providers.aws.bedrock import GET_LOGGING, LIST_API_KEYS, has_api_keys, invocation_logging
from auditor.providers.aws.shared_calls import aws_call
from auditor.providers.base import Collector, Detail, Reach

if TYPE_CHECKING:
    from auditor.providers.aws.session import AwsSession

LIST_METRICS = aws_call("cloudwatch", "ListMetrics", items="Metrics")


@dataclass(frozen=True, slots=True)
class _Api:
    service: str
    label: str
    native_type: str
    namespace: str
    generative: bool


_BEDROCK = _Api("bedrock", "Amazon Bedrock", "AWS::Bedrock", "AWS/Bedrock", True)
_SAGEMAKER = _Api("sagemaker", "Amazon SageMaker", "AWS::SageMaker", "AWS/SageMaker", False)


def _find(api: _Api) -> Callable[[AwsSession, str], Iterator[AiService]]:
    """Where a region offers the API the account has it; there is nothing to list."""

    def find(session: AwsSession, location: str) -> Iterator[AiService]:
        yield AiService(
            id=f"{api.service}.{location}.amazonaws.com/{session.account.id}",
            name=f"{api.label} in {location}",
            account=session.account,
            location=location,
            native_type=api.native_type,
            generative=Known(api.generative),
            identity=Known(()),  # callers act as themselves; what runs as a role is listed as what it is
        )

    return find


def _called(api: _Api) -> Callable[[AwsSession, AiService], Mapping[str, Fact[Any]]]:
    """ListMetrics gives the metrics with data in the last two weeks (CloudWatch API reference, ListMetrics)."""

    def read(session: AwsSession, service: AiService) -> Mapping[str, Fact[Any]]:
        metrics = session.items(LIST_METRICS, service.location, Namespace=api.namespace, MetricName="Invocations")
        seen = next(iter(metrics), None) is not None
        native = {"Namespace": api.namespace, "MetricName": "Invocations" if seen else None}
        return {"called": Known(seen, native)}

    return read


def _sagemaker_called(session: AwsSession, service: AiService) -> Mapping[str, Fact[Any]]:
    """The SageMaker runtime takes signed requests only; there is no key to send instead."""
    return {**_called(_SAGEMAKER)(session, service), "key_authentication": Known(False)}


def _read_keys(session: AwsSession, service: AiService) -> Mapping[str, Fact[Any]]:
    return {"key_authentication": has_api_keys(session)}


def _read_logging(session: AwsSession, service: AiService) -> Mapping[str, Fact[Any]]:
    return {"invocation_logging": invocation_logging(session, service.location)}


def _collector(api: _Api, details: tuple[Detail[AiService, AwsSession], ...]) -> Collector[AiService, AwsSession]:
    return Collector(
        name=f"aws.ai_services.{api.service}",
        provider=Provider.AWS,
        kind=AiService,
        reach=Reach.LOCATION,
        service=api.service,
        find_calls=(),
        find=_find(api),
        find_facts=("generative", "identity"),
        details=details,
    )


COLLECTORS: tuple[Collector[AiService, AwsSession], ...] = (
    _collector(
        _BEDROCK,
        (
            Detail(calls=(LIST_METRICS,), facts=("called",), read=_called(_BEDROCK)),
            Detail(calls=(LIST_API_KEYS,), facts=("key_authentication",), read=_read_keys),
            Detail(calls=(GET_LOGGING,), facts=("invocation_logging",), read=_read_logging),
        ),
    ),
    _collector(
        _SAGEMAKER,
        (
            Detail(
                calls=(LIST_METRICS,),
                facts=("called", "key_authentication"),
                read=_sagemaker_called,
            ),
        ),
    ),
)
