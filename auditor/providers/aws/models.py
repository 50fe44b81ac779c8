"""SageMaker models; with the custom and imported models of Bedrock, all models of the account."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from auditor.model.facts import Fact, Known, native
from auditor.model.resources import Model, Ref
from auditor.model.scope import Provider
from auditor.providers.aws import custom_models, model_containers
from auditor.providers.aws.model_cards import DESCRIBE_MODEL_CARD, LIST_MODEL_CARDS, approved_cards
from auditor.providers.aws.model_packages import DESCRIBE_MODEL_PACKAGE
from auditor.providers.aws.refs import role_ref
from auditor.providers.aws.shared_calls import aws_call
from auditor.providers.base import Collector, Detail, Reach

if TYPE_CHECKING:
    from auditor.providers.aws.session import AwsSession

LIST_MODELS = aws_call("sagemaker", "ListModels", items="Models")
DESCRIBE_MODEL = aws_call("sagemaker", "DescribeModel", expects=("ModelName", "ModelArn"))


def describe_model(session: AwsSession, region: str, name: str) -> Any:
    return session.call(DESCRIBE_MODEL, region, ModelName=name)


def model_role(model: Mapping[str, Any]) -> Fact[Ref]:
    return native(model, "ExecutionRoleArn").map(role_ref)


def model_in_network(model: Mapping[str, Any]) -> Fact[bool]:
    """A model without VpcConfig runs in a network of the service (SageMaker developer guide, "Give SageMaker AI Hosted
    Endpoints Access to Resources in Your Amazon VPC")."""
    return native(model, "VpcConfig.Subnets", default=()).map(bool)


def _find(session: AwsSession, location: str) -> Iterator[Model]:
    for model in session.items(LIST_MODELS, location):
        yield Model(
            id=model["ModelArn"],
            name=model["ModelName"],
            account=session.account,
            location=location,
            native_type="AWS::SageMaker::Model",
            # a SageMaker model names containers and artifacts; the artifacts stay in S3
            encrypted_with_storage=Known(True),
            runs_containers=Known(True),
            # policies of resources exist for other types of SageMaker only (Service Authorization Reference)
            public_policy=Known(None),
            policy_document=Known(None),
        )


def _read(session: AwsSession, model: Model) -> Mapping[str, Fact[Any]]:
    body = describe_model(session, model.location, model.name)
    # optional, and off unless it is asked for (API reference, CreateModel)
    isolated = native(body, "EnableNetworkIsolation", default=False)
    # optional: an inference component runs as the role of its endpoint's configuration (API reference, CreateModel)
    role = native(body, "ExecutionRoleArn", default="")
    return {
        "identity": role.map(lambda arn: (role_ref(arn),) if arn else ()),
        "in_customer_network": model_in_network(body),
        "subnets": native(body, "VpcConfig.Subnets", default=()).map(tuple),
        "security_groups": native(body, "VpcConfig.SecurityGroupIds", default=()).map(tuple),
        "network_isolated": isolated,
        "public_pulls": model_containers.through_network(body),
    }


def _read_containers(session: AwsSession, model: Model) -> Mapping[str, Fact[Any]]:
    body = describe_model(session, model.location, model.name)
    parts = model_containers.parts(session, model.location, body)
    return {
        "images": model_containers.images(parts),
        "secrets": model_containers.secrets(parts),
        "artifacts": model_containers.artifacts(session, parts),
        "approved": model_containers.approved(session, model.location, body),
    }


def _read_card(session: AwsSession, model: Model) -> Mapping[str, Fact[Any]]:
    body = describe_model(session, model.location, model.name)
    cards = approved_cards(session, model.location)
    return {"documented": cards.name(model.id, *model_containers.packages(body))}


SAGEMAKER: Collector[Model, AwsSession] = Collector(
    name="aws.models.sagemaker",
    provider=Provider.AWS,
    kind=Model,
    reach=Reach.LOCATION,
    service="sagemaker",
    find_calls=(LIST_MODELS,),
    find=_find,
    find_facts=("encrypted_with_storage", "runs_containers", "public_policy", "policy_document"),
    details=(
        Detail(
            calls=(DESCRIBE_MODEL,),
            facts=(
                "identity",
                "in_customer_network",
                "subnets",
                "security_groups",
                "network_isolated",
                "public_pulls",
            ),
            read=_read,
        ),
        Detail(
            calls=(DESCRIBE_MODEL, DESCRIBE_MODEL_PACKAGE),
            facts=("images", "secrets", "artifacts", "approved"),
            read=_read_containers,
        ),
        Detail(
            calls=(DESCRIBE_MODEL, LIST_MODEL_CARDS, DESCRIBE_MODEL_CARD),
            facts=("documented",),
            read=_read_card,
        ),
    ),
)

COLLECTORS: tuple[Collector[Model, AwsSession], ...] = (SAGEMAKER, *custom_models.COLLECTORS)
