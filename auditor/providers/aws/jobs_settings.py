"""The settings of one job, from its description.

What absence means, from the API reference and the developer guide: a job without VpcConfig runs in a network of the
service; network isolation, encryption between containers and remote debugging are off unless they are chosen; without
a key, volumes are encrypted with one of the service.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from auditor.model.facts import Fact, Known, Reason, Unknown, combine, native
from auditor.model.resources import Ref
from auditor.model.scope import Provider
from auditor.providers.aws.jobs_groups import Settings
from auditor.providers.aws.jobs_machines import machines, takes_key, traffic, types_of
from auditor.providers.aws.reading import key_ref
from auditor.providers.aws.refs import distinct, role_ref
from auditor.wire.secret_marks import secrets_in

if TYPE_CHECKING:
    from auditor.providers.aws.session import AwsSession

Body = Mapping[str, Any]
NONE: Fact[Any] = Known(None)
NO_SECRETS: Fact[tuple[str, ...]] = Known(())


class Reader:
    """Reads settings that all kinds of jobs write alike."""

    def __init__(self, session: AwsSession, location: str) -> None:
        self._session, self._location = session, location

    def key(self, body: Body, path: str) -> Fact[Ref | None]:
        name = native(body, path, default="")
        return name.map(lambda value: key_ref(self._session, self._location, value) if value else None)

    def role(self, body: Body, *paths: str) -> Fact[tuple[Ref, ...]]:
        return combine(lambda *arns: distinct(map(role_ref, arns)), *(native(body, path) for path in paths))

    def network(self, body: Body, path: str, subnets: str = "Subnets", groups: str = "SecurityGroupIds") -> Settings:
        inside = native(body, f"{path}.{subnets}", default=())
        return {
            "in_customer_network": inside.map(bool),
            "subnets": inside.map(tuple),
            "security_groups": native(body, f"{path}.{groups}", default=()).map(tuple),
        }

    def stores(self, paths: Iterable[Fact[str]]) -> Fact[tuple[Ref, ...]]:
        return combine(lambda *refs: distinct(refs), *(self._store(path) for path in paths))

    def _store(self, path: Fact[str]) -> Fact[Ref]:
        if isinstance(path, Unknown):
            return path
        scheme, _, rest = path.value.partition("://")
        bucket = rest.partition("/")[0]
        if scheme != "s3" or not bucket:  # the APIs take web addresses, too, in several forms
            return Unknown(Reason.UNRECOGNISED, ", ".join(path.native))
        return path.map(lambda _: Ref("Storage", Provider.AWS, "", f"arn:{self._session.partition}:s3:::{bucket}"))


def network_of_none() -> Settings:
    """A kind of job that has no network of its own."""
    return {"in_customer_network": NONE, "subnets": Known(()), "security_groups": Known(())}


def training(read: Reader, body: Body, *, remote: Fact[bool | None]) -> Settings:
    """A training job, or one of the definitions of a tuning job."""
    own = "HyperParameterTuningResourceConfig"
    config = own if own in body else "ResourceConfig"
    found = machines(native(body, config, default={}).value)  # a serverless job names no machines
    key = native(body, f"{config}.VolumeKmsKeyId", default="")
    return {
        "identity": read.role(body, "RoleArn"),
        **read.network(body, "VpcConfig"),
        "network_isolated": native(body, "EnableNetworkIsolation", default=False),
        "traffic_encrypted": traffic(found, native(body, "EnableInterContainerTrafficEncryption", default=False)),
        "volume_key": read.key(body, f"{config}.VolumeKmsKeyId"),
        "volume_keyable": takes_key(types_of(found), key),
        "output_key": read.key(body, "OutputDataConfig.KmsKeyId"),
        "output_stores": read.stores([native(body, "OutputDataConfig.S3OutputPath")]),
        "output_takes_storage_key": NOT_THE_STORAGES,
        "input_stores": read.stores(_inputs(body)),
        "secrets": secrets_in(_variables(body, "HyperParameters", "StaticHyperParameters", "Environment")),
        "shell_access": remote,
    }


NOT_THE_STORAGES: Fact[bool] = Known(False)
"""Without a key SageMaker asks S3 for the provider's own, ``aws/s3``, whatever the default of the bucket: it "uses the
default KMS key for Amazon S3 for your role's account" (API reference, OutputDataConfig, TransformOutput, OutputConfig,
LabelingJobOutputConfig, CreateInferenceExperiment)."""
THE_STORAGES: Fact[bool] = Known(True)
"""The API documents no key for such output, so S3 applies the default of the bucket (S3 user guide, "Setting default
server-side encryption behavior")."""


def _inputs(body: Body) -> list[Fact[str]]:
    """Where channels read from buckets; file systems are no storage of objects."""
    channels = native(body, "InputDataConfig", default=()).value
    return [native(channel, f"{_BUCKET}.S3Uri") for channel in channels if isinstance(native(channel, _BUCKET), Known)]


_BUCKET = "DataSource.S3DataSource"


def _variables(body: Body, *names: str) -> list[tuple[str, object]]:
    return [pair for name in names for pair in native(body, name, default={}).value.items()]


def remote_debug(body: Body) -> Fact[bool | None]:
    return native(body, "RemoteDebugConfig.EnableRemoteDebug", default=False)


def processing(read: Reader, body: Body) -> Settings:
    cluster = "ProcessingResources.ClusterConfig"
    found = machines(native(body, cluster).value, count=1)  # "The default value is 1" (API reference)
    key = native(body, f"{cluster}.VolumeKmsKeyId", default="")
    outputs = native(body, "ProcessingOutputConfig.Outputs", default=()).value
    inputs = native(body, "ProcessingInputs", default=()).value
    return {
        "identity": read.role(body, "RoleArn"),
        **read.network(body, "NetworkConfig.VpcConfig"),
        "network_isolated": native(body, "NetworkConfig.EnableNetworkIsolation", default=False),
        "traffic_encrypted": traffic(
            found, native(body, "NetworkConfig.EnableInterContainerTrafficEncryption", default=False)
        ),
        "volume_key": read.key(body, f"{cluster}.VolumeKmsKeyId"),
        "volume_keyable": takes_key(types_of(found), key),
        "output_key": read.key(body, "ProcessingOutputConfig.KmsKeyId"),
        "output_stores": read.stores(native(output, "S3Output.S3Uri") for output in outputs if "S3Output" in output),
        "output_takes_storage_key": THE_STORAGES,
        "input_stores": read.stores(native(given, "S3Input.S3Uri") for given in inputs if "S3Input" in given),
        "secrets": secrets_in(_variables(body, "Environment")),
        "shell_access": NONE,
    }


def automl(read: Reader, body: Body) -> Settings:
    """SageMaker chooses the machines; each of them takes the key and the encryption that the job names."""
    channels = native(body, "AutoMLJobInputDataConfig").value
    emr = "AutoMLComputeConfig.EmrServerlessComputeConfig"
    roles = ["RoleArn", f"{emr}.ExecutionRoleARN"] if isinstance(native(body, emr), Known) else ["RoleArn"]
    return {
        "identity": read.role(body, *roles),
        **read.network(body, "SecurityConfig.VpcConfig"),
        "network_isolated": NONE,
        "traffic_encrypted": native(body, "SecurityConfig.EnableInterContainerTrafficEncryption", default=False),
        "volume_key": read.key(body, "SecurityConfig.VolumeKmsKeyId"),
        "volume_keyable": Known(True),
        "output_key": read.key(body, "OutputDataConfig.KmsKeyId"),
        "output_stores": read.stores([native(body, "OutputDataConfig.S3OutputPath")]),
        "output_takes_storage_key": THE_STORAGES,
        "input_stores": read.stores(native(channel, f"{_BUCKET}.S3Uri") for channel in channels),
        "secrets": NO_SECRETS,
        "shell_access": NONE,
    }


def transform(read: Reader, body: Body) -> Settings:
    """It runs the containers of a model, as the role and in the network that the model names."""
    found = machines(native(body, "TransformResources").value)
    key = native(body, "TransformResources.VolumeKmsKeyId", default="")
    return {
        "identity": Known(()),
        **network_of_none(),
        "network_isolated": NONE,
        "traffic_encrypted": NONE,
        "volume_key": read.key(body, "TransformResources.VolumeKmsKeyId"),
        "volume_keyable": takes_key(types_of(found), key),
        "output_key": read.key(body, "TransformOutput.KmsKeyId"),
        "output_stores": read.stores([native(body, "TransformOutput.S3OutputPath")]),
        "output_takes_storage_key": NOT_THE_STORAGES,
        "input_stores": read.stores([native(body, "TransformInput.DataSource.S3DataSource.S3Uri")]),
        "secrets": secrets_in(_variables(body, "Environment")),
        "shell_access": NONE,
    }


def compilation(read: Reader, body: Body) -> Settings:
    return {
        "identity": read.role(body, "RoleArn"),
        **read.network(body, "VpcConfig"),
        "network_isolated": NONE,
        "traffic_encrypted": NONE,
        "volume_key": NONE,
        "volume_keyable": Known(False),
        "output_key": read.key(body, "OutputConfig.KmsKeyId"),
        "output_stores": read.stores([native(body, "OutputConfig.S3OutputLocation")]),
        "output_takes_storage_key": NOT_THE_STORAGES,
        "input_stores": read.stores([native(body, "InputConfig.S3Uri")]),
        "secrets": NO_SECRETS,
        "shell_access": NONE,
    }


def labeling(read: Reader, body: Body) -> Settings:
    """Machines take part only if labels are also given automatically."""
    config = "LabelingJobAlgorithmsConfig"
    automatic = isinstance(native(body, config), Known)
    resources = f"{config}.LabelingJobResourceConfig"
    source = "InputConfig.DataSource.S3DataSource"
    from_bucket = isinstance(native(body, source), Known)
    return {
        "identity": read.role(body, "RoleArn"),
        **(read.network(body, f"{resources}.VpcConfig") if automatic else network_of_none()),
        "network_isolated": NONE,
        "traffic_encrypted": NONE,
        "volume_key": read.key(body, f"{resources}.VolumeKmsKeyId"),
        "volume_keyable": Known(automatic, {config: automatic}),
        "output_key": read.key(body, "OutputConfig.KmsKeyId"),
        "output_stores": read.stores([native(body, "OutputConfig.S3OutputPath")]),
        "output_takes_storage_key": NOT_THE_STORAGES,
        "input_stores": read.stores([native(body, f"{source}.ManifestS3Uri")] if from_bucket else []),
        "secrets": NO_SECRETS,
        "shell_access": NONE,
    }


def shadow_test(read: Reader, body: Body) -> Settings:
    """The models of a test run as they say themselves; the test has volumes and may keep what it captures."""
    kinds = combine(
        lambda *found: found,
        *(
            native(variant, "InfrastructureConfig.RealTimeInferenceConfig.InstanceType")
            for variant in native(body, "ModelVariants").value
        ),
    )
    captures = isinstance(native(body, "DataStorageConfig"), Known)
    return {
        "identity": read.role(body, "RoleArn"),
        **network_of_none(),
        "network_isolated": NONE,
        "traffic_encrypted": NONE,
        "volume_key": read.key(body, "KmsKey"),
        "volume_keyable": takes_key(kinds, native(body, "KmsKey", default="")),
        "output_key": read.key(body, "DataStorageConfig.KmsKey"),
        "output_stores": read.stores([native(body, "DataStorageConfig.Destination")] if captures else []),
        "output_takes_storage_key": NOT_THE_STORAGES,
        "input_stores": Known(()),
        "secrets": NO_SECRETS,
        "shell_access": NONE,
    }


def customization(read: Reader, body: Body) -> Settings:
    """What it leaves is the custom model, which Bedrock keeps with its own key unless another is named; the bucket
    gets its metrics."""
    trains = native(body, "trainingDataConfig.s3Uri")
    return {
        "identity": read.role(body, "roleArn"),
        **read.network(body, "vpcConfig", "subnetIds", "securityGroupIds"),
        "network_isolated": NONE,
        "traffic_encrypted": NONE,
        "volume_key": NONE,
        "volume_keyable": Known(False),
        "output_key": read.key(body, "outputModelKmsKeyArn"),
        "output_stores": read.stores([native(body, "outputDataConfig.s3Uri")]),
        "output_takes_storage_key": NOT_THE_STORAGES,
        # a job may also learn from logged invocations, or refer to no data of the customer's
        "input_stores": read.stores([trains] if isinstance(trains, Known) else []),
        "secrets": secrets_in(_variables(body, "hyperParameters")),
        "shell_access": NONE,
    }


def batch_inference(read: Reader, body: Body) -> Settings:
    return {
        "identity": read.role(body, "roleArn"),
        **read.network(body, "vpcConfig", "subnetIds", "securityGroupIds"),
        "network_isolated": NONE,
        "traffic_encrypted": NONE,
        "volume_key": NONE,
        "volume_keyable": Known(False),
        "output_key": read.key(body, "outputDataConfig.s3OutputDataConfig.s3EncryptionKeyId"),
        "output_stores": read.stores([native(body, "outputDataConfig.s3OutputDataConfig.s3Uri")]),
        "output_takes_storage_key": THE_STORAGES,
        "input_stores": read.stores([native(body, "inputDataConfig.s3InputDataConfig.s3Uri")]),
        "secrets": NO_SECRETS,
        "shell_access": NONE,
    }
