"""The least set of permissions a run needs, in each provider's own form. Computed from the calls of the plan."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any

from auditor.catalog import load_catalog
from auditor.derive import DERIVED
from auditor.model.scope import Account, Provider
from auditor.plan import calls_of, make_plan
from auditor.providers import registry
from auditor.run import select_checks
from auditor.settings import Settings
from auditor.wire.calls import permissions_of


def needed_permissions(settings: Settings) -> tuple[str, ...]:
    """Exactly the permissions of all calls that the selected checks' collectors, and signing in, declare."""
    (provider,) = settings.clouds
    catalog = load_catalog(settings.check_folders)
    checks = select_checks(settings, catalog)
    anywhere = {Account(provider, "any"): ("any",)}
    steps = make_plan(checks, registry.collectors([provider]), DERIVED, anywhere, filtered=bool(settings.selection))
    return permissions_of((*calls_of(steps), *registry.connecting_calls(provider)))


def missing_permissions(document: Mapping[str, Any], provider: Provider) -> tuple[str, ...]:
    """What a stored audit says would have settled its open questions about one cloud, and what its collectors would
    have gone on to ask: so that granting it once is enough. What the audit shows to be granted is left out."""
    denied: set[str] = set()
    for finding in document["findings"]:
        if finding["unknown"] is not None and finding["scope"]["provider"] == provider:
            denied.update(finding["unknown"]["permissions"])
    for gap in document["gaps"]:
        if gap["provider"] == provider:
            denied.update(gap["permissions"])
    answered = {
        f"{c['service']}:{c['operation']}" for c in document["calls"] if c["status"] is not None and c["status"] < 300
    }
    wanted: set[str] = set(denied)
    granted: set[str] = set()
    for collector in registry.collectors([provider]):
        listed_by = {p for call in collector.find_calls for p in call.permissions}
        together = [collector.calls()] if listed_by & denied else []
        together += [d.calls for d in collector.details if {p for c in d.calls for p in c.permissions} & denied]
        wanted.update(p for calls in together for call in calls for p in call.permissions)
        granted.update(p for call in collector.calls() if call.key in answered for p in call.permissions)
    return tuple(sorted(denied | (wanted - granted)))


def policy_for(settings: Settings) -> str:
    """An IAM policy or several (AWS), a custom role definition (Azure), a custom role file (Google Cloud)."""
    (provider,) = settings.clouds
    return policy_of(provider, needed_permissions(settings))


def policy_of(provider: Provider, permissions: Sequence[str]) -> str:
    """These permissions in the provider's own form."""
    render = {Provider.AWS: _aws, Provider.AZURE: _azure, Provider.GCP: _gcp}[provider]
    return render(permissions)


MOST = 6144
"""Characters of a managed policy, white space aside (IAM user guide, "IAM and AWS STS quotas")."""


def _aws(wanted: Sequence[str]) -> str:
    """The policy; where AWS takes no policy of that length, a list of several with their names."""
    parts: list[list[str]] = [[]]
    for _, of_service in groupby(wanted, key=lambda permission: permission.partition(":")[0]):
        actions = list(of_service)
        if parts[-1] and len(json.dumps(_document([*parts[-1], *actions]), separators=(",", ":"))) > MOST:
            parts.append([])
        parts[-1].extend(actions)
    documents = [_document(part) for part in parts]
    named = [{"PolicyName": f"MlPostureAuditor{n}", "PolicyDocument": one} for n, one in enumerate(documents, 1)]
    return json.dumps(documents[0] if len(documents) == 1 else named, indent=2) + "\n"


def _document(actions: Sequence[str]) -> dict[str, Any]:
    statement = {"Sid": "MlPostureAuditorReads", "Effect": "Allow", "Action": list(actions), "Resource": "*"}
    return {"Version": "2012-10-17", "Statement": [statement]}


def _azure(wanted: Sequence[str]) -> str:
    role = {
        "Name": "ML Posture Auditor",
        "Description": "What ml-posture-auditor reads. No write, no key, no secret.",
        "Actions": list(wanted),
        "NotActions": [],
        "DataActions": [],
        "NotDataActions": [],
        "AssignableScopes": ["/subscriptions/{subscription-id}"],
    }
    return json.dumps(role, indent=2) + "\n"


_SCOPE = "https://"


def _gcp(wanted: Sequence[str]) -> str:
    scopes = [name for name in wanted if name.startswith(_SCOPE)]
    lines = [
        'title: "ML Posture Auditor"',
        'description: "What ml-posture-auditor reads. No write, no key, no secret."',
        'stage: "GA"',
        "includedPermissions:",
        *(f"- {permission}" for permission in wanted if permission not in scopes),
    ]
    if scopes:
        lines += [
            "# How people sign in is in the directory (Google Workspace or Cloud Identity), which no role of Google",
            "# Cloud opens. Give the identity an administrator role there that may read users and groups (Admin",
            "# API privileges Users > Read and Groups > Read), enable the Admin SDK API in the project that its",
            "# calls are billed to, and let it have these scopes. Without them person_has_mfa is not assessed.",
            *(f"#   {scope}" for scope in scopes),
        ]
    return "\n".join(lines) + "\n"
