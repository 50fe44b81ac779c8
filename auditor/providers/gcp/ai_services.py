"""Vertex AI as a project uses it (AiService): one in every project, whether in use or not."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from auditor.model.facts import Fact, Known, any_true
from auditor.model.resources import AiService
from auditor.model.scope import GLOBAL, Provider
from auditor.providers.base import Collector, Detail, Reach
from auditor.providers.gcp.endpoints import open_to_everyone
from auditor.providers.gcp.names import AI, listed, objects, part
from auditor.providers.gcp.policies import audited, policies
from auditor.providers.gcp.shared_calls import POLICY_CALLS, PROJECT_POLICY, SERVICES_LIST
from auditor.wire.calls import Call

if TYPE_CHECKING:
    from auditor.providers.gcp.session import GcpSession

KEYS_LIST = Call(
    provider=Provider.GCP,
    service="apikeys",
    operation="projects.locations.keys.list",
    host="apikeys.googleapis.com",
    path="/v2/projects/{project}/locations/global/keys",
    permissions=("apikeys.keys.list",),
    items="keys",
    items_optional=True,  # proto3 JSON leaves an empty list out
)
_AI_TARGETS = frozenset({AI, "generativelanguage.googleapis.com"})


def enabled(session: GcpSession, service: str) -> Fact[bool]:
    """Whether an API is enabled in the project. A filtered list of the enabled ones, read to its end."""
    services = session.items(SERVICES_LIST, GLOBAL, project=session.account.id, filter="state:ENABLED", pageSize=200)
    names = listed(objects(SERVICES_LIST, services, "name"))
    return names.map(lambda found: any(item["name"].endswith(f"/services/{service}") for item in found)).map(bool)


def in_use(session: GcpSession) -> Fact[bool]:
    answer = enabled(session, AI)
    return (
        Known(answer.value, {f"{AI} state": "ENABLED" if answer.value else None})
        if isinstance(answer, Known)
        else answer
    )


def _find(session: GcpSession, location: str) -> Iterator[AiService]:
    yield AiService(
        id=f"//serviceusage.googleapis.com/projects/{session.account.id}/services/{AI}",
        name="Vertex AI",
        account=session.account,
        location=GLOBAL,
        native_type="serviceusage.googleapis.com/Service",
        in_use=in_use(session),
        generative=Known(True),  # Model Garden and Gemini are part of the same API
        identity=Known(()),  # callers act as themselves; what runs inside has identities of its own
    )


def _anonymous(session: GcpSession, location: str, found: Sequence[AiService]) -> dict[str, dict[str, Fact[Any]]]:
    anyone = open_to_everyone(session)
    return {service.id: {"anonymous": anyone} for service in found}


def _key_authentication(session: GcpSession, service: AiService) -> dict[str, Fact[Any]]:
    """An API key that may call it: one restricted to it, or one without restrictions (``apiTargets`` empty or unset).

    apikeys v2 reference, Restrictions.apiTargets: "If no restrictions are specified, all targets are allowed."
    """
    usable: list[Fact[bool]] = []
    for key in objects(KEYS_LIST, session.items(KEYS_LIST, GLOBAL, project=session.account.id), "name"):
        restrictions = part(KEYS_LIST, key, "restrictions")
        targets = tuple(objects(KEYS_LIST, restrictions.get("apiTargets", ())))
        services = sorted(str(target.get("service")) for target in targets)
        may = not services or bool(_AI_TARGETS & set(services))
        usable.append(Known(may, {"restrictions.apiTargets[].service": services}))
    return {"key_authentication": any_true(usable)}


def _audit(session: GcpSession, service: AiService) -> dict[str, Fact[Any]]:
    """Data Access audit logs: every read and every call of the data plane, with its caller.

    A call of a model is logged as one of the two, by method, so both have to be on.
    """
    logged = audited(policies(session), AI, ("DATA_READ", "DATA_WRITE"))
    return {"invocation_logging": logged, "data_plane_audit": logged}


COLLECTORS = (
    Collector(
        name="gcp.ai_services.vertex",
        provider=Provider.GCP,
        kind=AiService,
        reach=Reach.ACCOUNT,
        find_calls=(SERVICES_LIST,),
        find=_find,
        find_facts=("in_use", "generative", "identity"),
        details=(
            Detail(calls=(PROJECT_POLICY,), facts=("anonymous",), read_all=_anonymous),
            Detail(calls=(KEYS_LIST,), facts=("key_authentication",), read=_key_authentication),
            Detail(calls=POLICY_CALLS, facts=("invocation_logging", "data_plane_audit"), read=_audit),
        ),
    ),
)
