"""The settings of an AWS account as a whole."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from auditor.model.facts import Fact, Known, native
from auditor.model.resources import AccountSettings
from auditor.model.scope import GLOBAL, Provider
from auditor.providers.aws.authorization_details import (
    GET_AUTHORIZATION_DETAILS,
    Holder,
    boundary_of,
    policies_of,
    read_details,
)
from auditor.providers.aws.cost_anomalies import SPEND_ANOMALY
from auditor.providers.aws.organization import DETAILS
from auditor.providers.aws.organization_policies import ORGANIZATION_POLICIES
from auditor.providers.aws.reading import text_of
from auditor.providers.aws.shared_calls import aws_call
from auditor.providers.base import Collector, Detail, Reach

if TYPE_CHECKING:
    from auditor.providers.aws.session import AwsSession

GET_ACCOUNT_SUMMARY = aws_call("iam", "GetAccountSummary", expects=("SummaryMap",))

_ONE_IS_YES = {0: False, 1: True}
_ANY_IS_YES = {0: False, 1: True, 2: True}
"""The root user can have two access keys."""


def _find(session: AwsSession, location: str) -> Iterator[AccountSettings]:
    """An account whose root user has no password at all (centrally managed root) is reported by the summary as one
    without root MFA; no other read tells the two apart."""
    summary = session.call(GET_ACCOUNT_SUMMARY, location)
    account = session.account
    yield AccountSettings(
        id=f"arn:{session.partition}:iam::{account.id}:root",
        name=account.name or account.id,
        account=account,
        location=GLOBAL,
        native_type="AWS::::Account",
        root_mfa=native(summary, "SummaryMap.AccountMFAEnabled").map(_ONE_IS_YES),
        root_keys=native(summary, "SummaryMap.AccountAccessKeysPresent").map(_ANY_IS_YES),
    )


def _managed(session: AwsSession, account: AccountSettings) -> Mapping[str, Fact[Any]]:
    """Only policies that somebody has: of the others nothing follows, and AWS has more than a thousand."""
    details = read_details(session)
    used: set[str] = set()
    for entry in details.entries.values():
        used.update(arn for _, arn in Holder(entry, "User" if "UserName" in entry else "Role").attached())
        used.add(boundary_of(entry))
    for group in details.groups.values():
        used.update(arn for _, arn in Holder(group, "Group").attached())
    texts = {arn: text_of(document) for arn, document in sorted(details.documents.items()) if arn in used}
    groups = {group["Arn"]: policies_of(Holder(group, "Group")) for group in details.groups.values()}
    return {"managed_policies": Known(texts), "group_policies": Known(groups)}


MANAGED_POLICIES: Detail[AccountSettings, AwsSession] = Detail(
    calls=(GET_AUTHORIZATION_DETAILS,), facts=("managed_policies", "group_policies"), read=_managed
)

COLLECTORS: tuple[Collector[AccountSettings, AwsSession], ...] = (
    Collector(
        name="aws.account",
        provider=Provider.AWS,
        kind=AccountSettings,
        reach=Reach.ACCOUNT,
        service="iam",
        find_calls=(GET_ACCOUNT_SUMMARY,),
        find=_find,
        find_facts=("root_mfa", "root_keys"),
        details=(*DETAILS, ORGANIZATION_POLICIES, MANAGED_POLICIES, SPEND_ANOMALY),
    ),
)
