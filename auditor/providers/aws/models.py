"""SageMaker models and Bedrock custom models."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from auditor.model.facts import Fact, Known, native
from auditor.model.resources import Model, Ref
from auditor.model.scope import Provider
from auditor.providers.aws.reading import key_ref
from auditor.providers.aws.refs import role_ref
from auditor.providers.aws.shared_calls import aws_call
from auditor.providers.base import Collector, Detail, Reach

if TYPE_CHECKING:
    from auditor.providers.aws.session import AwsSession

LIST_MODELS = aws_call("sagemaker", "ListModels", items="Models")
DESCRIBE_MODEL = aws_call("sagemaker", "DescribeModel", expects=("ModelName", "ModelArn"))
LIST_CUSTOM_MODELS = aws_call("bedrock", "ListCustomModels", items="modelSummaries")
GET_CUSTOM_MODEL = aws_call("bedrock", "GetCustomModel", expects=("modelArn",))


def describe_model(session: AwsSession, region: str, name: str) -> Any:
    return session.call(DESCRIBE_MODEL, region, ModelName=name)


def model_role(model: Mapping[str, Any]) -> Fact[Ref]:
    return native(model, "ExecutionRoleArn").map(role_ref)


def model_in_network(model: Mapping[str, Any]) -> Fact[bool]:
    """A model without VpcConfig runs in a network of the service (SageMaker developer guide, "Give SageMaker AI Hosted
    Endpoints Access to Resources in Your Amazon VPC")."""
    return native(model, "VpcConfig.Subnets", default=()).map(bool)


def custom_model_key(session: AwsSession, region: str, arn: str) -> Fact[Ref | None]:
    """Without a key of the customer's a custom model is encrypted with one that AWS owns (Bedrock user guide,
    "Encryption of custom models")."""
    model = session.call(GET_CUSTOM_MODEL, region, modelIdentifier=arn)
    key = native(model, "modelKmsKeyArn", default="")
    return key.map(lambda name: key_ref(session, region, name) if name else None)


def _find_sagemaker(session: AwsSession, location: str) -> Iterator[Model]:
    for model in session.items(LIST_MODELS, location):
        yield Model(
            id=model["ModelArn"],
            name=model["ModelName"],
            account=session.account,
            location=location,
            native_type="AWS::SageMaker::Model",
            # a SageMaker model names containers and artifacts; the artifacts stay in S3
            encrypted_with_storage=Known(True),
        )


def _find_bedrock(session: AwsSession, location: str) -> Iterator[Model]:
    for model in session.items(LIST_CUSTOM_MODELS, location, isOwned=True):
        yield Model(
            id=model["modelArn"],
            name=model["modelName"],
            account=session.account,
            location=location,
            native_type="AWS::Bedrock::CustomModel",
            # Bedrock keeps its own copy of a customized model
            encrypted_with_storage=Known(False),
        )


def _read_bedrock(session: AwsSession, model: Model) -> Mapping[str, Fact[Any]]:
    return {"encryption_key": custom_model_key(session, model.location, model.id)}


COLLECTORS: tuple[Collector[Model, AwsSession], ...] = (
    Collector(
        name="aws.models.sagemaker",
        provider=Provider.AWS,
        kind=Model,
        reach=Reach.LOCATION,
        service="sagemaker",
        find_calls=(LIST_MODELS,),
        find=_find_sagemaker,
        find_facts=("encrypted_with_storage",),
    ),
    Collector(
        name="aws.models.bedrock",
        provider=Provider.AWS,
        kind=Model,
        reach=Reach.LOCATION,
        service="bedrock",
        find_calls=(LIST_CUSTOM_MODELS,),
        find=_find_bedrock,
        find_facts=("encrypted_with_storage",),
        details=(Detail(calls=(GET_CUSTOM_MODEL,), facts=("encryption_key",), read=_read_bedrock),),
    ),
)
