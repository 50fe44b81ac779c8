"""Inference components: models that are deployed to an endpoint of their own apart from its configuration."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from auditor.model.facts import Fact, FactUnknown, Reason, Unknown, native
from auditor.providers.aws.shared_calls import aws_call

if TYPE_CHECKING:
    from auditor.providers.aws.session import AwsSession

LIST_COMPONENTS = aws_call("sagemaker", "ListInferenceComponents", items="InferenceComponents")
DESCRIBE_COMPONENT = aws_call("sagemaker", "DescribeInferenceComponent", expects=("InferenceComponentName",))


def component_models(session: AwsSession, region: str, endpoint: str) -> tuple[str, ...]:
    """The names of the models of all its components. A component may name a container in place of a model, or another
    component that it adapts, which is in the list itself."""
    names: set[str] = set()
    for component in session.items(LIST_COMPONENTS, region, EndpointNameEquals=endpoint):
        name = component["InferenceComponentName"]
        body = session.call(DESCRIBE_COMPONENT, region, InferenceComponentName=name)
        names.update(s["ModelName"] for s in _specifications(body) if s.get("ModelName"))
    return tuple(sorted(names))


def _specifications(component: Mapping[str, Any]) -> tuple[Mapping[str, Any], ...]:
    """One, or one per type of machine (API reference, DescribeInferenceComponent)."""
    several = component.get("Specifications")
    if several:
        return tuple(several)
    one: Fact[Any] = native(component, "Specification")
    if isinstance(one, Unknown):
        raise FactUnknown(Unknown(Reason.ABSENT, "Specification"))
    return (one.value,)
