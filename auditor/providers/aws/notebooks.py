"""SageMaker notebook instances."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from auditor.model.facts import Fact, Known, Reason, Unknown, combine, native
from auditor.model.resources import Notebook
from auditor.model.scope import Provider
from auditor.providers.aws.reading import key_ref
from auditor.providers.aws.refs import role_ref
from auditor.providers.aws.security_groups import DESCRIBE_SECURITY_GROUPS, GET_PREFIX_LIST, ports_open_to_anyone
from auditor.providers.aws.shared_calls import aws_call
from auditor.providers.base import Collector, Detail, Reach
from auditor.wire.secret_marks import secrets_in

if TYPE_CHECKING:
    from auditor.providers.aws.session import AwsSession

LIST_NOTEBOOKS = aws_call("sagemaker", "ListNotebookInstances", items="NotebookInstances")
DESCRIBE_NOTEBOOK = aws_call("sagemaker", "DescribeNotebookInstance", expects=("NotebookInstanceName",))
DESCRIBE_LIFECYCLE = aws_call(
    "sagemaker", "DescribeNotebookInstanceLifecycleConfig", expects=("NotebookInstanceLifecycleConfigName",)
)

_ON = {"Enabled": True, "Disabled": False}
_METADATA_V2 = {"1": False, "2": True}
_SCRIPTS = ("OnCreate", "OnStart")
PLATFORMS = {
    "notebook-al1-v1": False,
    "notebook-al2-v1": False,
    "notebook-al2-v2": False,
    "notebook-al2-v3": False,
    "notebook-al2023-v1": True,
}
"""Platforms and whether AWS still supports them: Security Hub control SageMaker.8, read in November 2026. The support
of Amazon Linux 2 ended on 30 June 2026 (Amazon Linux 2 FAQ). A platform that is not here is unrecognised."""


def _find(session: AwsSession, location: str) -> Iterator[Notebook]:
    for notebook in session.items(LIST_NOTEBOOKS, location):
        yield Notebook(
            id=notebook["NotebookInstanceArn"],
            name=notebook["NotebookInstanceName"],
            account=session.account,
            location=location,
            native_type="AWS::SageMaker::NotebookInstance",
        )


def _describe(session: AwsSession, notebook: Notebook) -> Any:
    return session.call(DESCRIBE_NOTEBOOK, notebook.location, NotebookInstanceName=notebook.name)


def _read(session: AwsSession, notebook: Notebook) -> Mapping[str, Fact[Any]]:
    body = _describe(session, notebook)
    # without KmsKeyId the volume is encrypted with a key of the service (API reference, CreateNotebookInstance)
    key = native(body, "KmsKeyId", default="")
    # "if no value is selected, then it defaults to IMDSv1" (API reference, InstanceMetadataServiceConfiguration)
    metadata = native(body, "InstanceMetadataServiceConfiguration.MinimumInstanceMetadataServiceVersion", default="1")
    # without SubnetId it stands in a network of the service (developer guide, "Connect a Notebook Instance in a VPC to
    # External Resources")
    subnet = native(body, "SubnetId", default="")
    return {
        "direct_internet": native(body, "DirectInternetAccess").map(_ON),
        "root_access": native(body, "RootAccess").map(_ON),
        "platform_current": native(body, "PlatformIdentifier").map(PLATFORMS),
        "identity": native(body, "RoleArn").map(lambda arn: (role_ref(arn),)),
        "encryption_key": key.map(lambda name: key_ref(session, notebook.location, name) if name else None),
        "metadata_v2": metadata.map(_METADATA_V2),
        "in_customer_network": subnet.map(bool),
        "subnets": subnet.map(lambda name: (name,) if name else ()),
        "security_groups": native(body, "SecurityGroups").map(tuple) if subnet.value else subnet.map(lambda _: ()),
    }


def _read_secrets(session: AwsSession, notebook: Notebook) -> Mapping[str, Fact[Any]]:
    """Scripts come from a lifecycle configuration or not at all; both of its lists are optional (API reference,
    CreateNotebookInstanceLifecycleConfig)."""
    name = native(_describe(session, notebook), "NotebookInstanceLifecycleConfigName", default="")
    if not name.value:
        return {"secrets": name.map(lambda _: ())}
    body = session.call(DESCRIBE_LIFECYCLE, notebook.location, NotebookInstanceLifecycleConfigName=name.value)
    scripts = [(f"{kind} of {name.value}", one.get("Content")) for kind in _SCRIPTS for one in body.get(kind) or ()]
    return {"secrets": secrets_in(scripts)}


def _read_inbound(session: AwsSession, notebook: Notebook) -> Mapping[str, Fact[Any]]:
    """A notebook outside the customer's networks has no security group of the customer's (developer guide, "Connect a
    Notebook Instance in a VPC to External Resources")."""
    body = _describe(session, notebook)
    if not body.get("SubnetId"):
        return {"open_inbound": Known((), {"SubnetId": None})}
    names = native(body, "SecurityGroups").value
    groups = {group["GroupId"]: group for group in session.items(DESCRIBE_SECURITY_GROUPS, notebook.location)}

    def opened(name: str) -> Fact[tuple[str, ...]]:
        if name not in groups:  # of a network that another account shares
            return Unknown(Reason.ABSENT, f"security group {name}")
        return ports_open_to_anyone(session, notebook.location, groups[name])

    ports = map(opened, names)
    return {"open_inbound": combine(lambda *found: tuple(sorted({p for some in found for p in some})), *ports)}


COLLECTORS: tuple[Collector[Notebook, AwsSession], ...] = (
    Collector(
        name="aws.notebooks.sagemaker",
        provider=Provider.AWS,
        kind=Notebook,
        reach=Reach.LOCATION,
        service="sagemaker",
        find_calls=(LIST_NOTEBOOKS,),
        find=_find,
        details=(
            Detail(
                calls=(DESCRIBE_NOTEBOOK,),
                facts=(
                    "direct_internet",
                    "root_access",
                    "platform_current",
                    "identity",
                    "encryption_key",
                    "metadata_v2",
                    "in_customer_network",
                    "subnets",
                    "security_groups",
                ),
                read=_read,
            ),
            Detail(calls=(DESCRIBE_NOTEBOOK, DESCRIBE_LIFECYCLE), facts=("secrets",), read=_read_secrets),
            Detail(
                calls=(DESCRIBE_NOTEBOOK, DESCRIBE_SECURITY_GROUPS, GET_PREFIX_LIST),
                facts=("open_inbound",),
                read=_read_inbound,
            ),
        ),
    ),
)
