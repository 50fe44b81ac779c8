"""Amazon Bedrock and Amazon SageMaker as the account uses them, per region."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from auditor.model.facts import Fact, Known, all_true, any_true, native
from auditor.model.resources import AiService
from auditor.model.scope import Provider
from auditor.providers.aws.bedrock import GET_LOGGING, LIST_API_KEYS, has_api_keys, invocation_logging
from auditor.providers.aws.gates import GENERATIVE, SAGEMAKER
from auditor.providers.aws.shared_calls import aws_call
from auditor.providers.base import Collector, Detail, Reach
from auditor.wire.errors import CallFailed

if TYPE_CHECKING:
    from auditor.providers.aws.session import AwsSession

LIST_METRICS = aws_call("cloudwatch", "ListMetrics", items="Metrics")
LIST_ENFORCED = aws_call("bedrock", "ListEnforcedGuardrailsConfiguration", items="guardrailsConfig")
LIST_EVALUATIONS = aws_call("bedrock", "ListEvaluationJobs", items="jobSummaries")

EVALUATED_WITHIN = 180
"""Days that an evaluation counts for."""

_COMPLETED = {
    "Completed": True,
    "InProgress": False,
    "Failed": False,
    "Stopping": False,
    "Stopped": False,
    "Deleting": False,
}
_ALL_CONTENT = {"COMPREHENSIVE": True, "SELECTIVE": False}
_TAGS_HAVE_NO_EFFECT = {"IGNORE": True, "HONOR": False}


@dataclass(frozen=True, slots=True)
class _Api:
    service: str
    label: str
    native_type: str
    namespace: str


_BEDROCK = _Api("bedrock", "Amazon Bedrock", "AWS::Bedrock", "AWS/Bedrock")
_SAGEMAKER = _Api("sagemaker", "Amazon SageMaker", "AWS::SageMaker", "AWS/SageMaker")


def _find(api: _Api, **constants: Any) -> Callable[[AwsSession, str], Iterator[AiService]]:
    """Where a region offers the API the account has it; there is nothing to list. Whether it was called is asked at
    once, because gates must know."""

    def find(session: AwsSession, location: str) -> Iterator[AiService]:
        yield AiService(
            id=f"{api.service}.{location}.amazonaws.com/{session.account.id}",
            name=f"{api.label} in {location}",
            account=session.account,
            location=location,
            native_type=api.native_type,
            called=_called(session, location, api),
            identity=Known(()),  # callers act as themselves; what runs as a role is listed as what it is
            **constants,
        )

    return find


def _called(session: AwsSession, location: str, api: _Api) -> Fact[bool]:
    """ListMetrics gives the metrics with data in the last two weeks (CloudWatch API reference, ListMetrics)."""
    try:
        metrics = session.items(LIST_METRICS, location, Namespace=api.namespace, MetricName="Invocations")
        seen = next(iter(metrics), None) is not None
    except CallFailed as error:
        return error.unknown()
    return Known(seen, {"Namespace": api.namespace, "MetricName": "Invocations" if seen else None})


def _read_keys(session: AwsSession, service: AiService) -> Mapping[str, Fact[Any]]:
    return {"key_authentication": has_api_keys(session)}


def _read_logging(session: AwsSession, service: AiService) -> Mapping[str, Fact[Any]]:
    return {"invocation_logging": invocation_logging(session, service.location)}


def _read_enforced(session: AwsSession, service: AiService) -> Mapping[str, Fact[Any]]:
    """A guardrail of the account's own that is applied to all calls in the region, whoever makes them and however."""
    found = list(session.items(LIST_ENFORCED, service.location))
    if not found:
        return {"guardrail_enforced": Known(False, {"guardrailsConfig": []})}
    enforced = any_true(all_true((_every_model(config), _all_content(config))) for config in found)
    if isinstance(enforced, Known):
        return {"guardrail_enforced": Known(enforced.value, {"guardrailsConfig": found})}
    return {"guardrail_enforced": enforced}


def _every_model(config: Mapping[str, Any]) -> Fact[bool]:
    """Without ``modelEnforcement`` all models (API reference, AccountEnforcedGuardrailInferenceInputConfiguration)."""
    if config.get("modelEnforcement") is None:
        return Known(True)
    return all_true(
        (
            native(config, "modelEnforcement.includedModels").map(lambda models: "ALL" in models),
            native(config, "modelEnforcement.excludedModels").map(lambda models: not models),
        )
    )


def _all_content(config: Mapping[str, Any]) -> Fact[bool]:
    """Not only what the caller has tagged for it. Everything is checked unless that was changed (Bedrock user guide,
    Guardrails enforcements); ``inputTags`` is the older form of the setting."""
    if config.get("selectiveContentGuarding") is not None:
        return all_true(
            native(config, f"selectiveContentGuarding.{part}", default="COMPREHENSIVE").map(_ALL_CONTENT)
            for part in ("messages", "system")
        )
    return native(config, "inputTags", default="IGNORE").map(_TAGS_HAVE_NO_EFFECT)


def _read_evaluated(session: AwsSession, service: AiService) -> Mapping[str, Fact[Any]]:
    """Evaluations of models or of knowledge bases, by a program or by people. Jobs are kept longer than the window."""
    since = session.wire.since(EVALUATED_WITHIN)
    jobs = session.items(LIST_EVALUATIONS, service.location, creationTimeAfter=since, statusEquals="Completed")
    done = any_true(
        Known(job.get("status"), {job["jobName"]: f"{job.get('status')} since {since[:10]}"}).map(_COMPLETED)
        for job in jobs
    )
    if isinstance(done, Known) and not done.value:
        return {"evaluated": Known(False, {"jobSummaries": f"none completed since {since[:10]}"})}
    return {"evaluated": done}


COLLECTORS: tuple[Collector[AiService, AwsSession], ...] = (
    Collector(
        name="aws.ai_services.bedrock",
        provider=Provider.AWS,
        kind=AiService,
        reach=Reach.LOCATION,
        service="bedrock",
        find_calls=(LIST_METRICS,),
        find=_find(_BEDROCK, generative=Known(True)),
        find_facts=("called", "generative", "identity"),
        details=(
            Detail(calls=(LIST_API_KEYS,), facts=("key_authentication",), read=_read_keys, gate=GENERATIVE),
            Detail(calls=(GET_LOGGING,), facts=("invocation_logging",), read=_read_logging, gate=GENERATIVE),
            Detail(calls=(LIST_ENFORCED,), facts=("guardrail_enforced",), read=_read_enforced, gate=GENERATIVE),
            Detail(calls=(LIST_EVALUATIONS,), facts=("evaluated",), read=_read_evaluated, gate=GENERATIVE),
        ),
    ),
    Collector(
        name="aws.ai_services.sagemaker",
        provider=Provider.AWS,
        kind=AiService,
        reach=Reach.LOCATION,
        service="sagemaker",
        find_calls=(LIST_METRICS,),
        # the SageMaker runtime takes signed requests only (API reference, InvokeEndpoint); there is no key to send
        find=_find(_SAGEMAKER, generative=Known(False), key_authentication=Known(False)),
        find_facts=("called", "generative", "identity", "key_authentication"),
        gate=SAGEMAKER,
    ),
)
