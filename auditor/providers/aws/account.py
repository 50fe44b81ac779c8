"""The settings of an AWS account as a whole."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from auditor.model.facts import native
from auditor.model.resources import AccountSettings
from auditor.model.scope import GLOBAL, Provider
from auditor.providers.aws.cost_anomalies import SPEND_ANOMALY
from auditor.providers.aws.organization import DETAILS
from auditor.providers.aws.shared_calls import aws_call
from auditor.providers.base import Collector, Reach

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
        details=(*DETAILS, SPEND_ANOMALY),
    ),
)
