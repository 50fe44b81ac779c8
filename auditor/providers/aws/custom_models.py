"""Custom and imported models of Amazon Bedrock."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from auditor.model.facts import Fact, Known, native
from auditor.model.resources import Model, Ref
from auditor.model.scope import Provider
from auditor.providers.aws.bedrock import GET_RESOURCE_POLICY, resource_policy
from auditor.providers.aws.reading import key_ref
from auditor.providers.aws.shared_calls import aws_call
from auditor.providers.base import Collector, Detail, Reach
from auditor.wire.calls import Call

if TYPE_CHECKING:
    from auditor.providers.aws.session import AwsSession

LIST_CUSTOM_MODELS = aws_call("bedrock", "ListCustomModels", items="modelSummaries")
GET_CUSTOM_MODEL = aws_call("bedrock", "GetCustomModel", expects=("modelArn",))
LIST_IMPORTED_MODELS = aws_call("bedrock", "ListImportedModels", items="modelSummaries")
GET_IMPORTED_MODEL = aws_call("bedrock", "GetImportedModel", expects=("modelArn",))


def custom_model_key(session: AwsSession, region: str, arn: str) -> Fact[Ref | None]:
    """Without a key of the customer's a custom model is encrypted with one that AWS owns (Bedrock user guide,
    "Encryption of custom models")."""
    return _key(session, region, session.call(GET_CUSTOM_MODEL, region, modelIdentifier=arn))


def _key(session: AwsSession, region: str, model: Mapping[str, Any]) -> Fact[Ref | None]:
    key = native(model, "modelKmsKeyArn", default="")
    return key.map(lambda name: key_ref(session, region, name) if name else None)


def _read_custom(session: AwsSession, model: Model) -> Mapping[str, Fact[Any]]:
    return {"encryption_key": custom_model_key(session, model.location, model.id)}


def _read_imported(session: AwsSession, model: Model) -> Mapping[str, Fact[Any]]:
    """An imported model, too, is encrypted with a key that AWS owns unless one is named (Bedrock user guide,
    "Encryption of custom model import")."""
    answer = session.call(GET_IMPORTED_MODEL, model.location, modelIdentifier=model.id)
    return {"encryption_key": _key(session, model.location, answer)}


def _read_policy(session: AwsSession, model: Model) -> Mapping[str, Fact[Any]]:
    return resource_policy(session, model.location, model.id)


_CONSTANT: Mapping[str, Fact[Any]] = {
    # Bedrock copies a customized or imported model and runs it itself: in its own network, in containers of its own,
    # as no role of the customer's (Bedrock user guide, "Data protection")
    "encrypted_with_storage": Known(False),
    "runs_containers": Known(False),
    "identity": Known(()),
    "in_customer_network": Known(False),
    "subnets": Known(()),
    "security_groups": Known(()),
    "network_isolated": Known(False),
    "images": Known(()),
    "public_pulls": Known(()),
    "artifacts": Known(()),
    "secrets": Known(()),
    # the registry and the cards of SageMaker are made for models of SageMaker
    "approved": Known(False),
    "documented": Known(None),
}


def _finder(
    call: Call, native_type: str, constant: Mapping[str, Any], **params: Any
) -> Callable[[AwsSession, str], Iterator[Model]]:
    def find(session: AwsSession, location: str) -> Iterator[Model]:
        for model in session.items(call, location, **params):
            yield Model(
                id=model["modelArn"],
                name=model["modelName"],
                account=session.account,
                location=location,
                native_type=native_type,
                **constant,
            )

    return find


# a policy can be put on custom models, guardrails, guardrail profiles and managed knowledge bases (Service
# Authorization Reference, Amazon Bedrock, PutResourcePolicy)
_IMPORTED: Mapping[str, Fact[Any]] = {**_CONSTANT, "public_policy": Known(None), "policy_document": Known(None)}

COLLECTORS: tuple[Collector[Model, AwsSession], ...] = (
    Collector(
        name="aws.models.bedrock",
        provider=Provider.AWS,
        kind=Model,
        reach=Reach.LOCATION,
        service="bedrock",
        find_calls=(LIST_CUSTOM_MODELS,),
        find=_finder(LIST_CUSTOM_MODELS, "AWS::Bedrock::CustomModel", _CONSTANT, isOwned=True),
        find_facts=tuple(_CONSTANT),
        details=(
            Detail(calls=(GET_CUSTOM_MODEL,), facts=("encryption_key",), read=_read_custom),
            Detail(calls=(GET_RESOURCE_POLICY,), facts=("public_policy", "policy_document"), read=_read_policy),
        ),
    ),
    Collector(
        name="aws.models.bedrock_imported",
        provider=Provider.AWS,
        kind=Model,
        reach=Reach.LOCATION,
        service="bedrock",
        find_calls=(LIST_IMPORTED_MODELS,),
        find=_finder(LIST_IMPORTED_MODELS, "AWS::Bedrock::ImportedModel", _IMPORTED),
        find_facts=tuple(_IMPORTED),
        details=(Detail(calls=(GET_IMPORTED_MODEL,), facts=("encryption_key",), read=_read_imported),),
    ),
)
