"""Microsoft Defender for Cloud: the plan that watches AI services."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from auditor.model.facts import Known, Reason, Unknown, native
from auditor.model.resources import ThreatDetection
from auditor.model.scope import GLOBAL, Provider
from auditor.providers.azure.arm import SUBSCRIPTION, arm, choice, documented
from auditor.providers.base import Collector, Reach

if TYPE_CHECKING:
    from auditor.providers.azure.session import AzureSession

PRICINGS = arm(
    "Microsoft.Security",
    "pricings.list",
    f"{SUBSCRIPTION}/providers/Microsoft.Security/pricings",
    "2024-01-01",
    items="value",
    permissions=("Microsoft.Security/pricings/read",),
)
_PLAN = "ai"


def _find(session: AzureSession, _location: str) -> Iterator[ThreatDetection]:
    """One resource: the plan for AI services, with the tiers of the other plans kept beside it."""
    plans = {
        str(body.get("name", "")): body for body in session.items(PRICINGS, GLOBAL, subscription=session.account.id)
    }
    body = next((b for name, b in plans.items() if name.lower() == _PLAN), None)
    tier = "properties.pricingTier"
    enabled = (
        Unknown(Reason.ABSENT, "the Defender plan AI")
        if body is None
        else choice(body, tier, {"standard": True, "free": False})
    )
    if isinstance(enabled, Known):
        tiers = {f"pricings/{name}": native(b, tier, default=None).value for name, b in sorted(plans.items())}
        enabled = Known(enabled.value, tiers)
    yield ThreatDetection(
        id=f"/subscriptions/{session.account.id}/providers/microsoft.security/pricings/{_PLAN}".lower(),
        name="Defender for AI services",
        account=session.account,
        location=GLOBAL,
        native_type="Microsoft.Security/pricings",
        tags=documented({}, "Defender plans carry no tags"),
        enabled=enabled,
    )


COLLECTORS: tuple[Collector[ThreatDetection, Any], ...] = (
    Collector(
        name="azure.detection.defender",
        provider=Provider.AZURE,
        kind=ThreatDetection,
        reach=Reach.ACCOUNT,
        service="Microsoft.Security",
        find_calls=(PRICINGS,),
        find=_find,
        find_facts=("tags", "enabled"),
    ),
)
