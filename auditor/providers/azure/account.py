"""The subscription itself."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from auditor.model.resources import AccountSettings
from auditor.model.scope import GLOBAL, Provider
from auditor.providers.azure.arm import SUBSCRIPTION, arm, tags_of
from auditor.providers.base import Collector, Reach

if TYPE_CHECKING:
    from auditor.providers.azure.session import AzureSession

SUBSCRIPTION_GET = arm(
    "Microsoft.Resources",
    "subscriptions.get",
    SUBSCRIPTION,
    "2022-12-01",
    expects=("subscriptionId",),
    permissions=("Microsoft.Resources/subscriptions/read",),
)


def _find(session: AzureSession, _location: str) -> Iterator[AccountSettings]:
    body = session.call(SUBSCRIPTION_GET, GLOBAL, subscription=session.account.id)
    yield AccountSettings(
        id=f"/subscriptions/{session.account.id}".lower(),
        name=str(body.get("displayName") or session.account.id),
        account=session.account,
        location=GLOBAL,
        native_type="Microsoft.Resources/subscriptions",
        tags=tags_of(body),
    )


COLLECTORS: tuple[Collector[AccountSettings, Any], ...] = (
    Collector(
        name="azure.account",
        provider=Provider.AZURE,
        kind=AccountSettings,
        reach=Reach.ACCOUNT,
        service="Microsoft.Resources",
        find_calls=(SUBSCRIPTION_GET,),
        find=_find,
        find_facts=("tags",),
    ),
)
