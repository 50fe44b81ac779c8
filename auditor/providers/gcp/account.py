"""The project itself (AccountSettings). Google Cloud has no root user; what audit and budgets say is derived."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from auditor.model.resources import AccountSettings
from auditor.model.scope import GLOBAL, Provider
from auditor.providers.base import Collector, Reach
from auditor.providers.gcp.names import labels
from auditor.providers.gcp.shared_calls import PROJECT_GET

if TYPE_CHECKING:
    from auditor.providers.gcp.session import GcpSession


def _find(session: GcpSession, location: str) -> Iterator[AccountSettings]:
    project = session.call(PROJECT_GET, GLOBAL, project=session.account.id)
    yield AccountSettings(
        id=f"//cloudresourcemanager.googleapis.com/projects/{session.account.id}",
        name=str(project.get("displayName") or session.account.id),
        account=session.account,
        location=GLOBAL,
        native_type="cloudresourcemanager.googleapis.com/Project",
        aliases=frozenset({f"//cloudresourcemanager.googleapis.com/{project['name']}"}),
        tags=labels(project),
    )


COLLECTORS = (
    Collector(
        name="gcp.account.project",
        provider=Provider.GCP,
        kind=AccountSettings,
        reach=Reach.ACCOUNT,
        find_calls=(PROJECT_GET,),
        find=_find,
        find_facts=("tags",),
    ),
)
