"""Budgets of the billing account that cover all spending of the project (Budget).

A budget for some services, labels or subaccounts says nothing about the rest, so it is not one for the account. One
for a folder or an organization may or may not cover the project; one with an end may be over: what they do is unknown.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from auditor.model.facts import Fact, Known, Reason, Unknown, any_true
from auditor.model.resources import Budget
from auditor.model.scope import GLOBAL, Provider
from auditor.providers.base import Collector, Reach
from auditor.providers.gcp.names import entries, flag, last, objects, part, text
from auditor.providers.gcp.shared_calls import PROJECT_GET
from auditor.wire.calls import Call

if TYPE_CHECKING:
    from auditor.providers.gcp.session import GcpSession

BILLING_INFO = Call(
    provider=Provider.GCP,
    service="cloudbilling",
    operation="projects.getBillingInfo",
    host="cloudbilling.googleapis.com",
    path="/v1/projects/{project}/billingInfo",
    permissions=("resourcemanager.projects.get",),
    expects=("name", "projectId"),
)
BUDGETS_LIST = Call(
    provider=Provider.GCP,
    service="billingbudgets",
    operation="billingAccounts.budgets.list",
    host="billingbudgets.googleapis.com",
    path="/v1/billingAccounts/{billing}/budgets",
    permissions=("billing.budgets.list",),
    items="budgets",
    items_optional=True,  # proto3 JSON leaves an empty list out
)
_NARROWING = ("services", "labels", "subaccounts")


def _find(session: GcpSession, location: str) -> Iterator[Budget]:
    info = session.call(BILLING_INFO, GLOBAL, project=session.account.id)
    billing = text(info, "billingAccountName", "")  # "the billing account associated with the project, if any"
    if not billing.value:
        return
    number = session.project_number()
    mine = {f"projects/{number}", f"projects/{session.account.id}"}
    for item in objects(BUDGETS_LIST, session.items(BUDGETS_LIST, GLOBAL, billing=last(billing.value)), "name"):
        chosen = part(BUDGETS_LIST, item, "budgetFilter")  # every filter is optional; omitted, it takes everything
        projects = entries(chosen, "projects").value
        if any(chosen.get(name) for name in _NARROWING) or (projects and mine.isdisjoint(map(str, projects))):
            continue
        yield Budget(
            # One budget may cover many projects; each of them has it as its own resource.
            id=f"//billingbudgets.googleapis.com/{item['name']}#projects/{session.account.id}",
            name=str(item.get("displayName") or last(item["name"])),
            account=session.account,
            location=GLOBAL,
            native_type="billingbudgets.googleapis.com/Budget",
            aliases=frozenset({item["name"]}),
            tags=Known({}),  # budgets have no labels
            alerts=_alerts(item, chosen, projects),
        )


def _alerts(item: Mapping[str, Any], chosen: Mapping[str, Any], projects: list[str]) -> Fact[bool]:
    """Somebody hears of a threshold: the default recipients unless they are turned off, a channel, or a topic.

    Both flags are booleans without presence and channels a repeated field (billingbudgets v1): left out when unset.
    """
    if chosen.get("resourceAncestors") and not projects:
        return Unknown(Reason.NOT_BUILT, "budgetFilter.resourceAncestors")
    if "endDate" in part(BUDGETS_LIST, chosen, "customPeriod"):
        return Unknown(Reason.NOT_BUILT, "budgetFilter.customPeriod.endDate")
    thresholds = entries(item, "thresholdRules").map(len)
    if isinstance(thresholds, Unknown) or not thresholds.value:
        return thresholds.map(bool)
    owners = flag(item, "notificationsRule.enableProjectLevelRecipients")
    return any_true(
        (
            flag(item, "notificationsRule.disableDefaultIamRecipients").map({True: False, False: True}),
            entries(item, "notificationsRule.monitoringNotificationChannels").map(bool),
            text(item, "notificationsRule.pubsubTopic", "").map(bool),
            owners.map(lambda on: bool(on) and len(projects) == 1),
        )
    )


COLLECTORS = (
    Collector(
        name="gcp.budgets.billing",
        provider=Provider.GCP,
        kind=Budget,
        reach=Reach.ACCOUNT,
        find_calls=(BILLING_INFO, BUDGETS_LIST, PROJECT_GET),
        find=_find,
        find_facts=("tags", "alerts"),
    ),
)
