"""Vertex AI models in the Model Registry (Model)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from auditor.model.facts import Known
from auditor.model.resources import Model
from auditor.model.scope import Provider
from auditor.providers.base import Collector, Reach
from auditor.providers.gcp.names import AI, customer_key, labels, last, local, objects, text
from auditor.providers.gcp.shared_calls import PROJECT_GET
from auditor.wire.calls import Call

if TYPE_CHECKING:
    from auditor.providers.gcp.session import GcpSession

MODELS_LIST = Call(
    provider=Provider.GCP,
    service="aiplatform",
    operation="projects.locations.models.list",
    host="{location}-aiplatform.googleapis.com",
    path="/v1/projects/{project}/locations/{location}/models",
    permissions=("aiplatform.models.list",),
    items="models",
    items_optional=True,  # proto3 JSON leaves an empty list out
    per_second=10.0,  # 600 resource management requests a minute, project and region
)


def _find(session: GcpSession, location: str) -> Iterator[Model]:
    for item in objects(MODELS_LIST, session.sdk_items(MODELS_LIST, location), "name"):
        yield Model(
            id=local(session, AI, item["name"].split("@")[0]),
            name=str(item.get("displayName") or last(item["name"])),
            account=session.account,
            location=location,
            native_type="aiplatform.googleapis.com/Model",
            tags=labels(item),
            # Model.artifactUri: Vertex AI takes the files in when a model is uploaded, so its own key matters.
            encrypted_with_storage=Known(False),
            # Model.encryptionSpec: "If set, this Model and all sub-resources ... will be secured by this key."
            **customer_key(session, text(item, "encryptionSpec.kmsKeyName", "")),
        )


COLLECTORS = (
    Collector(
        name="gcp.models.vertex",
        provider=Provider.GCP,
        kind=Model,
        reach=Reach.LOCATION,
        service="aiplatform",
        find_calls=(MODELS_LIST, PROJECT_GET),
        find=_find,
        find_facts=("tags", "encrypted_with_storage", "encryption_key", "customer_key"),
    ),
)
