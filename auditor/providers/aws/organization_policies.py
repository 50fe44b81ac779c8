"""The texts of the organization's policies that hold for an AWS account, level by level.

Only the management account and delegated administrators can read them; in any other account they are unknown, with the
permissions that are missing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from auditor.model.facts import Fact, Known, Reason, Unknown, native
from auditor.model.resources import AccountSettings
from auditor.model.scope import GLOBAL
from auditor.providers.aws.organization import DESCRIBE_ORGANIZATION, LIST_PARENTS, LIST_POLICIES_FOR_TARGET, upwards
from auditor.providers.aws.reading import text_of
from auditor.providers.aws.shared_calls import aws_call
from auditor.providers.base import Detail
from auditor.wire.errors import CallFailed

if TYPE_CHECKING:
    from auditor.providers.aws.session import AwsSession

DESCRIBE_POLICY = aws_call("organizations", "DescribePolicy", expects=("Policy",))

KINDS = ("SERVICE_CONTROL_POLICY", "RESOURCE_CONTROL_POLICY")
_CALLS = (LIST_PARENTS, LIST_POLICIES_FOR_TARGET, DESCRIBE_POLICY)


def _read(session: AwsSession, account: AccountSettings) -> Mapping[str, Fact[Any]]:
    """Policies of an organization do not bind its management account (Organizations user guide, "Service control
    policies", "Resource control policies")."""
    organization = session.call(DESCRIBE_ORGANIZATION, GLOBAL)
    nothing: dict[str, tuple[()]] = dict.fromkeys(KINDS, ())
    if organization is None:
        alone = {"Organization": None}
        return {"management_account": Known(False, alone), "organization_policies": Known(nothing, alone)}
    management = native(organization, "Organization.MasterAccountId")
    itself = management.map(lambda owner: owner == session.account.id)
    if isinstance(itself, Known) and itself.value:
        return {"management_account": itself, "organization_policies": Known(nothing, itself.native)}
    try:
        places = tuple(reversed(tuple(upwards(session))))
        policies: Fact[Any] = Known({kind: _levels(session, places, kind) for kind in KINDS})
    except CallFailed as error:
        policies = _unknown(error.unknown())
    return {"management_account": itself, "organization_policies": policies}


def _levels(session: AwsSession, places: tuple[str, ...], kind: str) -> tuple[Mapping[str, str], ...]:
    """From the root to the account. Where a type of policy is on, each level has at least one (same pages, "Attaching"
    and "Detaching"); where none has any it is off, and nothing of the type holds."""
    levels = tuple(_level(session, place, kind) for place in places)
    return levels if any(levels) else ()


def _level(session: AwsSession, place: str, kind: str) -> Mapping[str, str]:
    attached = session.items(LIST_POLICIES_FOR_TARGET, GLOBAL, TargetId=place, Filter=kind)
    found: dict[str, str] = {}
    for policy in attached:
        answer = session.call(DESCRIBE_POLICY, GLOBAL, PolicyId=policy["Id"])
        found[f"{policy['Name']} ({place})"] = text_of(native(answer, "Policy.Content").value)
    return found


def _unknown(why: Unknown) -> Unknown:
    """What would settle it is all of the permissions, not only the one that was asked for first."""
    if why.reason is not Reason.DENIED:
        return why
    return replace(why, permissions=tuple(sorted({p for call in _CALLS for p in call.permissions})))


ORGANIZATION_POLICIES: Detail[AccountSettings, AwsSession] = Detail(
    calls=(DESCRIBE_ORGANIZATION, *_CALLS), facts=("management_account", "organization_policies"), read=_read
)
