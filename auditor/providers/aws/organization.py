"""What the organization of an AWS account lays down for it, and how people reach it.

Policies that grant or forbid (SCP, RCP) are listed by the management account and by delegated administrators only; in
any other account these facts are unknown, with the permission that is missing. Effective policies of the other types,
and the organization itself, can be read in every member account.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import chain
from typing import TYPE_CHECKING, Any

from auditor.model.facts import Fact, Known, Reason, Unknown, any_true, native
from auditor.model.resources import AccountSettings
from auditor.model.scope import GLOBAL
from auditor.providers.aws.shared_calls import aws_call
from auditor.providers.base import Detail, asked
from auditor.wire.errors import CallFailed

if TYPE_CHECKING:
    from auditor.providers.aws.session import AwsSession

_ALONE = "AWSOrganizationsNotInUseException"
"""The account belongs to no organization."""

DESCRIBE_ORGANIZATION = aws_call("organizations", "DescribeOrganization", expects=("Organization",), absence=(_ALONE,))
LIST_PARENTS = aws_call("organizations", "ListParents", items="Parents")
LIST_POLICIES_FOR_TARGET = aws_call("organizations", "ListPoliciesForTarget", items="Policies")
DESCRIBE_EFFECTIVE_POLICY = aws_call(
    "organizations",
    "DescribeEffectivePolicy",
    expects=("EffectivePolicy",),
    absence=(_ALONE, "EffectivePolicyNotFoundException"),
)
LIST_SAML_PROVIDERS = aws_call("iam", "ListSAMLProviders", expects=("SAMLProviderList",))
LIST_IDENTITY_CENTERS = aws_call("sso-admin", "ListInstances", "sso:ListInstances", items="Instances")

_DEEPEST = 10
"""Organizations nests units five deep; more levels than this is not an organization."""


def _membership(session: AwsSession, account: AccountSettings) -> Mapping[str, Fact[Any]]:
    answer = session.call(DESCRIBE_ORGANIZATION, GLOBAL)
    if answer is None:
        alone = {"Organization": None}
        nothing: Fact[None] = Known(None, alone)
        return {
            "in_organization": Known(False, alone),
            "organization_id": nothing,
            "management_account_id": nothing,
        }
    found: Fact[str] = native(answer, "Organization.Id")
    return {
        "in_organization": found.map(lambda _: True),
        "organization_id": found,
        "management_account_id": native(answer, "Organization.MasterAccountId"),
    }


def _place(session: AwsSession, account: AccountSettings) -> Mapping[str, Fact[Any]]:
    """As condition keys have it (IAM user guide, "aws:PrincipalOrgPaths"): without the account itself."""
    answer = session.call(DESCRIBE_ORGANIZATION, GLOBAL)
    if answer is None:
        return {"organization_path": Known(None, {"Organization": None})}
    found: Fact[str] = native(answer, "Organization.Id")
    if isinstance(found, Unknown):
        return {"organization_path": found}
    _, *above = upwards(session)
    path = "/".join((found.value, *reversed(above), ""))
    return {"organization_path": Known(path, {"Parents": path})}


def _own_policy(fact: str, kind: str) -> Callable[[AwsSession, AccountSettings], Mapping[str, Fact[Any]]]:
    """Whether a policy of a type, other than those that AWS makes, is attached to the account or to anything above it.

    What it says is not judged. Such policies do not bind the management account (Organizations user guide, "Service
    control policies").
    """

    def read(session: AwsSession, account: AccountSettings) -> Mapping[str, Fact[Any]]:
        organization = session.call(DESCRIBE_ORGANIZATION, GLOBAL)
        if organization is None:
            return {fact: Known(False, {"Organization": None})}
        management = native(organization, "Organization.MasterAccountId")
        if management.value == session.account.id:
            return {fact: management.map(lambda _: False)}
        return {fact: any_true(_until_true(_own_at(session, target, kind) for target in upwards(session)))}

    return read


def _until_true(facts: Iterable[Fact[bool]]) -> Iterator[Fact[bool]]:
    """Stops at the first that decides, and so saves the calls behind the others."""
    for fact in facts:
        yield fact
        if isinstance(fact, Known) and fact.value:
            return


def _own_at(session: AwsSession, target: str, kind: str) -> Fact[bool]:
    attached = session.items(LIST_POLICIES_FOR_TARGET, GLOBAL, TargetId=target, Filter=kind)
    return any_true(_own(target, policy) for policy in attached)


def _own(target: str, policy: Mapping[str, Any]) -> Fact[bool]:
    by_aws = native(policy, "AwsManaged")
    if isinstance(by_aws, Unknown):
        return by_aws
    return Known(not by_aws.value, {f"{policy.get('Name')} on {target}: AwsManaged": by_aws.value})


def upwards(session: AwsSession) -> Iterator[str]:
    """The account, its organizational units, and the root."""
    place = session.account.id
    for _ in range(_DEEPEST):
        yield place
        if place.startswith("r-"):
            return
        parents = list(session.items(LIST_PARENTS, GLOBAL, ChildId=place))
        if len(parents) != 1:  # a child has exactly one parent
            break
        place = native(parents[0], "Id").value
    raise CallFailed(LIST_PARENTS, Reason.MALFORMED)


def _effective(session: AwsSession, kind: str) -> Fact[Mapping[str, Any]]:
    """The sum of the policies of a type that hold for the account; empty if there is none."""
    answer = session.call(DESCRIBE_EFFECTIVE_POLICY, GLOBAL, PolicyType=kind)
    if answer is None:
        return Known({}, {"EffectivePolicy": None})
    content = native(answer, "EffectivePolicy.PolicyContent")
    if isinstance(content, Unknown):
        return content
    try:
        body = json.loads(content.value)
    except ValueError:
        body = None
    if not isinstance(body, dict):
        return Unknown(Reason.MALFORMED, "EffectivePolicy.PolicyContent")
    return Known(body, content.native)


_OPTS = {"optOut": True, "optIn": False}


def _opt_out(session: AwsSession, account: AccountSettings) -> Mapping[str, Fact[Any]]:
    """By default, and no service is taken out of it again. Without a policy an account is opted in (Organizations user
    guide, "AI services opt-out policies")."""
    policy = _effective(session, "AISERVICES_OPT_OUT_POLICY")
    services = native(policy.value, "services", default={})
    if not isinstance(services.value, Mapping):
        return {"ai_data_opt_out": Unknown(Reason.MALFORMED, "services")}
    chosen = {name: native(services.value, f"{name}.opt_out_policy") for name in services.value}
    answers = {name: fact.map(_OPTS) for name, fact in chosen.items()}
    shown = {f"services.{name}": fact.value for name, fact in chosen.items() if isinstance(fact, Known)}
    default = answers.pop("default", Known(False))
    kept = any_true(fact.map(lambda out: not out) for fact in (default, *answers.values()))
    return {"ai_data_opt_out": Known(not kept.value, shown or {"services": None})}


def _guardrails(session: AwsSession, account: AccountSettings) -> Mapping[str, Fact[Any]]:
    """The regions that the effective Bedrock policy names a guardrail for and takes all models in. Models that it makes
    an exception of, and which parts of a prompt the guardrail looks at, are not judged."""
    policy = _effective(session, "BEDROCK_POLICY")
    regions = native(policy.value, "bedrock.guardrail_inference", default={})
    if not isinstance(regions.value, Mapping):
        return {"guardrail_regions": Unknown(Reason.MALFORMED, "bedrock.guardrail_inference")}
    named = sorted(
        region
        for region, configurations in regions.value.items()
        if isinstance(configurations, Mapping) and any(_covers_all_models(c) for c in configurations.values())
    )
    return {"guardrail_regions": Known(tuple(named), {"bedrock.guardrail_inference": named})}


def _covers_all_models(configuration: object) -> bool:
    """Without a list of models it holds for all (Organizations user guide, "Amazon Bedrock policy syntax")."""
    if not isinstance(configuration, Mapping) or "identifier" not in configuration:
        return False
    models = native(configuration, "model_enforcement.included_models", default=["ALL"])
    return isinstance(models, Known) and "ALL" in models.value


_WORKS = {"ACTIVE": True, "CREATE_IN_PROGRESS": False, "CREATE_FAILED": False, "DELETE_IN_PROGRESS": False}


def _federation(session: AwsSession, account: AccountSettings) -> Mapping[str, Fact[Any]]:
    """A SAML provider of the account's, or an IAM Identity Center that it can see.

    Identity Center puts a SAML provider into every account that it gives somebody access to. The first region
    is asked for a center in any case; the others, one call each, only until something is found.
    """
    answer = asked(session, LIST_SAML_PROVIDERS, GLOBAL)
    saml: Fact[bool] = answer.map(lambda body: bool(body["SAMLProviderList"]))
    if isinstance(saml, Known):
        saml = Known(saml.value, {"SAMLProviderList": [p["Arn"] for p in answer.value["SAMLProviderList"]]})
    first, *others = [place for place in session.locations if session.offers("sso-admin", place)] or [GLOBAL]
    known = (saml, _center(session, first))
    # with the providers unread nothing found elsewhere could answer no
    more = (_center(session, place) for place in (others if isinstance(saml, Known) else ()))
    return {"workforce_federated": any_true(_until_true(chain(known, more)))}


def _center(session: AwsSession, location: str) -> Fact[bool]:
    try:
        found = list(session.items(LIST_IDENTITY_CENTERS, location))
    except CallFailed as error:
        return error.unknown()
    return any_true(native(center, "Status").map(_WORKS) for center in found)


DETAILS: tuple[Detail[AccountSettings, AwsSession], ...] = (
    Detail(
        calls=(DESCRIBE_ORGANIZATION,),
        facts=("in_organization", "organization_id", "management_account_id"),
        read=_membership,
    ),
    Detail(calls=(DESCRIBE_ORGANIZATION, LIST_PARENTS), facts=("organization_path",), read=_place),
    Detail(
        calls=(DESCRIBE_ORGANIZATION, LIST_PARENTS, LIST_POLICIES_FOR_TARGET),
        facts=("organization_ceiling",),
        read=_own_policy("organization_ceiling", "SERVICE_CONTROL_POLICY"),
    ),
    Detail(
        calls=(DESCRIBE_ORGANIZATION, LIST_PARENTS, LIST_POLICIES_FOR_TARGET),
        facts=("resource_perimeter",),
        read=_own_policy("resource_perimeter", "RESOURCE_CONTROL_POLICY"),
    ),
    Detail(calls=(DESCRIBE_EFFECTIVE_POLICY,), facts=("ai_data_opt_out",), read=_opt_out),
    Detail(calls=(DESCRIBE_EFFECTIVE_POLICY,), facts=("guardrail_regions",), read=_guardrails),
    Detail(calls=(LIST_SAML_PROVIDERS, LIST_IDENTITY_CENTERS), facts=("workforce_federated",), read=_federation),
)
