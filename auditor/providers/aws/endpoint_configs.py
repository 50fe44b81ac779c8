"""What a SageMaker endpoint's configuration and its last deployment say."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from auditor.model.facts import Fact, Known, Reason, Unknown, all_true, any_true, combine, native
from auditor.model.resources import Ref
from auditor.providers.aws.reading import key_ref
from auditor.providers.aws.stores import bucket_ref

if TYPE_CHECKING:
    from auditor.providers.aws.session import AwsSession

Body = Mapping[str, Any]
_CAPTURES = {"Started": True, "Stopped": False}


def variants(config: Body) -> tuple[Body, ...]:
    """Shadow variants included: they receive the same requests."""
    return (*config.get("ProductionVariants", ()), *config.get("ShadowProductionVariants", ()))


def captures(live: Body, config: Body) -> Fact[bool]:
    """Data capture is configured and takes a sample, and the endpoint does not say that it was stopped."""
    if not config.get("DataCaptureConfig"):  # the block is optional; without it nothing is captured
        return Known(False, {"DataCaptureConfig": None})
    # "defaults to enabled" (API reference, DataCaptureConfig.EnableCapture)
    enabled = native(config, "DataCaptureConfig.EnableCapture", default=True)
    sampled = native(config, "DataCaptureConfig.InitialSamplingPercentage").map(lambda percent: percent > 0)
    status = native(live, "DataCaptureConfig.CaptureStatus")
    if isinstance(status, Unknown) and status.reason is Reason.ABSENT:
        return all_true((enabled, sampled))
    running: Fact[bool] = status.map(_CAPTURES)
    return all_true((enabled, sampled, running))


def capture_facts(session: AwsSession, region: str, config: Body) -> dict[str, Fact[Any]]:
    if not config.get("DataCaptureConfig"):
        nothing: Mapping[str, Any] = {"DataCaptureConfig": None}
        return {"capture_key": Known(None, nothing), "capture_stores": Known((), nothing)}
    # optional; S3 then encrypts the objects as the bucket says (S3 user guide, "Setting default server-side
    # encryption behavior")
    key = native(config, "DataCaptureConfig.KmsKeyId", default="")
    uri = native(config, "DataCaptureConfig.DestinationS3Uri")
    store = uri if isinstance(uri, Unknown) else bucket_ref(session, uri.value, "DataCaptureConfig.DestinationS3Uri")
    return {"capture_key": _ref(session, region, key), "capture_stores": store.map(lambda ref: (ref,))}


def output_keys(session: AwsSession, region: str, config: Body) -> Fact[tuple[Ref | None, ...]]:
    """Keys of asynchronous answers and of core dumps, where an endpoint has them. Without one a core dump takes the
    key of S3 (API reference, ProductionVariantCoreDumpConfig), asynchronous answers the key of the bucket."""
    keys: list[Fact[Any]] = []
    if config.get("AsyncInferenceConfig"):
        keys.append(native(config, "AsyncInferenceConfig.OutputConfig.KmsKeyId", default=""))
    dumping = [variant for variant in variants(config) if variant.get("CoreDumpConfig")]
    keys.extend(native(variant, "CoreDumpConfig.KmsKeyId", default="") for variant in dumping)
    return combine(_distinct, *(_ref(session, region, key) for key in keys))


def _ref(session: AwsSession, region: str, key: Fact[str]) -> Fact[Ref | None]:
    return key.map(lambda name: key_ref(session, region, name) if name else None)


def _distinct(*refs: Ref | None) -> tuple[Ref | None, ...]:
    return tuple(sorted(set(refs), key=lambda ref: ref.id if ref else ""))


def shell_access(config: Body) -> Fact[bool]:
    """Off unless it is asked for (API reference, ProductionVariant.EnableSSMAccess)."""
    return any_true(native(variant, "EnableSSMAccess", default=False) for variant in variants(config))


def single_machines(config: Body) -> Fact[tuple[str, ...] | None]:
    """As they are set up to start, which is what Security Hub judges. A serverless variant has no machines."""
    production = config.get("ProductionVariants", ())
    if not production:
        return Unknown(Reason.ABSENT, "ProductionVariants")
    own = [variant for variant in production if not variant.get("ServerlessConfig")]
    if not own:
        return Known(None, {"ProductionVariants[].ServerlessConfig": True})
    counts = (native(variant, "InitialInstanceCount") for variant in own)
    return combine(
        lambda *numbers: tuple(sorted(v["VariantName"] for v, number in zip(own, numbers, strict=True) if number < 2)),
        *counts,
    )


def rolls_back(live: Body, config: Body) -> Fact[bool | None]:
    """Alarms watch its deployments. They are kept with the last one; without alarms nothing is watched (API reference,
    AutoRollbackConfig). Serverless endpoints have no such guard (developer guide, "Deployment guardrails")."""
    production = config.get("ProductionVariants", ())
    if production and all(variant.get("ServerlessConfig") for variant in production):
        return Known(None, {"ProductionVariants[].ServerlessConfig": True})
    alarms = native(live, "LastDeploymentConfig.AutoRollbackConfiguration.Alarms", default=())
    return alarms.map(lambda found: any(alarm.get("AlarmName") for alarm in found))
