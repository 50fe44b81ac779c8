"""Declared calls that more than one collector makes. A call is declared once, as one object."""

from __future__ import annotations

from auditor.model.scope import Provider
from auditor.wire.calls import Call

_RESOURCE_MANAGER = "cloudresourcemanager.googleapis.com"

PROJECT_GET = Call(
    provider=Provider.GCP,
    service="cloudresourcemanager",
    operation="projects.get",
    host=_RESOURCE_MANAGER,
    path="/v3/projects/{project}",
    permissions=("resourcemanager.projects.get",),
    expects=("name", "projectId"),
)

PROJECT_POLICY = Call(
    provider=Provider.GCP,
    service="cloudresourcemanager",
    operation="projects.getIamPolicy",
    method="POST",
    host=_RESOURCE_MANAGER,
    path="/v3/projects/{project}:getIamPolicy",
    permissions=("resourcemanager.projects.getIamPolicy",),
    expects=("etag",),
)
"""Made by the Resource Manager client. The policy of an empty project still has an etag."""

FOLDER_GET = Call(
    provider=Provider.GCP,
    service="cloudresourcemanager",
    operation="folders.get",
    host=_RESOURCE_MANAGER,
    path="/v3/folders/{folder}",
    permissions=("resourcemanager.folders.get",),
    expects=("name", "parent"),
)

FOLDER_POLICY = Call(
    provider=Provider.GCP,
    service="cloudresourcemanager",
    operation="folders.getIamPolicy",
    method="POST",
    host=_RESOURCE_MANAGER,
    path="/v3/folders/{folder}:getIamPolicy",
    permissions=("resourcemanager.folders.getIamPolicy",),
    expects=("etag",),
)

ORGANIZATION_POLICY = Call(
    provider=Provider.GCP,
    service="cloudresourcemanager",
    operation="organizations.getIamPolicy",
    method="POST",
    host=_RESOURCE_MANAGER,
    path="/v3/organizations/{organization}:getIamPolicy",
    permissions=("resourcemanager.organizations.getIamPolicy",),
    expects=("etag",),
)

POLICY_CALLS = (PROJECT_POLICY, PROJECT_GET, FOLDER_GET, FOLDER_POLICY, ORGANIZATION_POLICY)
"""What the policies that hold in a project take: its own and those it inherits."""

AI_LOCATIONS = Call(
    provider=Provider.GCP,
    service="aiplatform",
    operation="projects.locations.list",
    host="aiplatform.googleapis.com",
    path="/v1/projects/{project}/locations",
    permissions=("aiplatform.locations.list",),
    items="locations",
)
"""The global host; the generated client would ask a path of the web console instead."""

SERVICES_LIST = Call(
    provider=Provider.GCP,
    service="serviceusage",
    operation="services.list",
    host="serviceusage.googleapis.com",
    path="/v1/projects/{project}/services",
    permissions=("serviceusage.services.list",),
    items="services",
    items_optional=True,  # proto3 JSON leaves an empty list out
)
