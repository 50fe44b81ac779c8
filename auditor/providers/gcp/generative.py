"""The Gemini API of a project (GenerativeDeployment): there is one exactly where the Vertex AI API is enabled."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from auditor.model.facts import Fact, FactUnknown, Known, Unknown, all_true, any_true, native
from auditor.model.resources import GenerativeDeployment
from auditor.model.scope import GLOBAL, Provider
from auditor.providers.base import Collector, Detail, Reach
from auditor.providers.gcp.ai_services import in_use
from auditor.providers.gcp.names import AI, BOOLEAN, entries, flag, objects
from auditor.providers.gcp.shared_calls import SERVICES_LIST
from auditor.wire.calls import Call

if TYPE_CHECKING:
    from auditor.providers.gcp.session import GcpSession

FLOOR_SETTING = Call(
    provider=Provider.GCP,
    service="modelarmor",
    operation="projects.locations.getFloorSetting",
    host="modelarmor.googleapis.com",
    path="/v1/projects/{project}/locations/global/floorSetting",
    permissions=("modelarmor.floorSettings.get",),
    expects=("name",),
)
_UNSPECIFIED = "PI_AND_JAILBREAK_FILTER_ENFORCEMENT_UNSPECIFIED"
_OTHER_SERVICES = {"INTEGRATED_SERVICE_UNSPECIFIED", "GOOGLE_MCP_SERVER"}
_ENFORCEMENT = {"ENABLED": True, "DISABLED": False, _UNSPECIFIED: False}


def _find(session: GcpSession, location: str) -> Iterator[GenerativeDeployment]:
    use = in_use(session)
    if isinstance(use, Unknown):
        raise FactUnknown(use)  # the listing is a gap for the same reason
    if use.value:
        yield GenerativeDeployment(
            id=f"//{AI}/projects/{session.account.id}/locations/global/publishers/google",
            name="Gemini API on Vertex AI",
            account=session.account,
            location=GLOBAL,
            native_type="aiplatform.googleapis.com/PublisherModel",
            in_use=use,
            identity=Known(()),  # callers act as themselves
        )


def _guardrail(session: GcpSession, deployment: GenerativeDeployment) -> dict[str, Fact[Any]]:
    """The project's Model Armor floor setting is applied to Gemini, inline, and blocks.

    Inline enforcement is configured on the project (Model Armor guide, floor settings). Where the Model Armor API is
    off the documentation does not say what becomes of a setting made earlier: unknown, with the reason.
    """
    setting = session.call(FLOOR_SETTING, GLOBAL, project=session.account.id)
    return {"guardrail": guardrail(setting)}


def guardrail(setting: Mapping[str, Any]) -> Fact[bool]:
    """``integratedServices`` and ``raiFilters`` are repeated fields, left out when empty; ``inspectAndBlock`` is one
    of two alternatives, left out when it is not the one; ``enableFloorSettingEnforcement`` is optional, and what its
    absence means is not documented."""
    services = entries(setting, "integratedServices")
    return all_true(
        (
            services.map(_integrated).map(BOOLEAN),
            flag(setting, "aiPlatformFloorSetting.inspectAndBlock"),
            native(setting, "enableFloorSettingEnforcement").map(BOOLEAN),
            any_true((_rai_filters(setting), _jailbreak_filter(setting))),
        )
    )


def _integrated(services: list[Any]) -> bool | None:
    """None where a service is named that nobody knows: it might be Vertex AI under another name."""
    if "AI_PLATFORM" in services:
        return True
    return False if set(map(str, services)) <= _OTHER_SERVICES else None


def _rai_filters(setting: Mapping[str, Any]) -> Fact[bool]:
    filters = entries(setting, "filterConfig.raiSettings.raiFilters")
    if isinstance(filters, Known):
        kinds = [str(entry.get("filterType")) for entry in objects(FLOOR_SETTING, filters.value)]
        return Known(bool(kinds), {"filterConfig.raiSettings.raiFilters[].filterType": kinds})
    return filters


def _jailbreak_filter(setting: Mapping[str, Any]) -> Fact[bool]:
    # An enum at its zero value is left out; the reference documents the zero value as "Same as Disabled".
    path = "filterConfig.piAndJailbreakFilterSettings.filterEnforcement"
    return native(setting, path, default=_UNSPECIFIED).map(_ENFORCEMENT)


COLLECTORS = (
    Collector(
        name="gcp.generative.gemini",
        provider=Provider.GCP,
        kind=GenerativeDeployment,
        reach=Reach.ACCOUNT,
        find_calls=(SERVICES_LIST,),
        find=_find,
        find_facts=("in_use", "identity"),
        details=(Detail(calls=(FLOOR_SETTING,), facts=("guardrail",), read=_guardrail),),
    ),
)
