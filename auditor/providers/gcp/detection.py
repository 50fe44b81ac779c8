"""Event Threat Detection of Security Command Center, as it is in effect for the project (ThreatDetection)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from auditor.model.facts import Fact, Reason, Unknown, native
from auditor.model.resources import ThreatDetection
from auditor.model.scope import GLOBAL, Provider
from auditor.providers.base import Collector, Reach
from auditor.providers.gcp.names import last, objects
from auditor.wire.calls import Call

if TYPE_CHECKING:
    from auditor.providers.gcp.session import GcpSession

_SERVICE = "securitycentermanagement.googleapis.com"
SERVICES_LIST = Call(
    provider=Provider.GCP,
    service="securitycentermanagement",
    operation="projects.locations.securityCenterServices.list",
    host=_SERVICE,
    path="/v1/projects/{project}/locations/global/securityCenterServices",
    permissions=("securitycentermanagement.securityCenterServices.list",),
    items="securityCenterServices",
    items_optional=True,  # proto3 JSON leaves an empty list out
)
_EVENT_THREAT_DETECTION = "event-threat-detection"
_ENABLED = {"ENABLED": True, "DISABLED": False, "INGEST_ONLY": False}


def _find(session: GcpSession, location: str) -> Iterator[ThreatDetection]:
    """It watches the project's logs wherever they come from. A list that lacks the service does not say it is off."""
    services = session.items(SERVICES_LIST, GLOBAL, project=session.account.id)
    enabled: Fact[bool] = Unknown(Reason.ABSENT, f"securityCenterServices/{_EVENT_THREAT_DETECTION}")
    for item in objects(SERVICES_LIST, services, "name"):
        if last(item["name"]) == _EVENT_THREAT_DETECTION:
            enabled = native(item, "effectiveEnablementState").map(_ENABLED)
    place = f"projects/{session.account.id}/locations/global/securityCenterServices"
    yield ThreatDetection(
        id=f"//{_SERVICE}/{place}/{_EVENT_THREAT_DETECTION}",
        name="Event Threat Detection",
        account=session.account,
        location=GLOBAL,
        native_type="securitycentermanagement.googleapis.com/SecurityCenterService",
        enabled=enabled,
    )


COLLECTORS = (
    Collector(
        name="gcp.detection.event_threat",
        provider=Provider.GCP,
        kind=ThreatDetection,
        reach=Reach.ACCOUNT,
        find_calls=(SERVICES_LIST,),
        find=_find,
        find_facts=("enabled",),
    ),
)
