"""What the index of Azure Resource Manager says of the demo's subscription: every tracked resource, in a few fields."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from auditor.demo.authoring import Pages, Refusal, Reply
from auditor.demo.azure_rows import Body, listed

_TRACKED = (
    "Microsoft.CognitiveServices/accounts",
    "Microsoft.KeyVault/vaults",
    "Microsoft.MachineLearningServices/workspaces",
    "Microsoft.MachineLearningServices/workspaces/batchEndpoints",
    "Microsoft.MachineLearningServices/workspaces/batchEndpoints/deployments",
    "Microsoft.MachineLearningServices/workspaces/onlineEndpoints",
    "Microsoft.MachineLearningServices/workspaces/onlineEndpoints/deployments",
    "Microsoft.ManagedIdentity/userAssignedIdentities",
    "Microsoft.Network/networkWatchers",
    "Microsoft.Network/privateEndpoints",
    "Microsoft.Network/virtualNetworks",
    "Microsoft.OperationalInsights/workspaces",
    "Microsoft.Storage/storageAccounts",
)
_FIELDS = ("id", "type", "location", "kind", "tags")


def index_of(answers: Mapping[tuple[str, str], Reply], known: Reply) -> Reply:
    """What the services answer, and what is already ``known`` (rows with an identity) in two pages. The names of what
    lies in something else are whole."""
    rows = (_indexed(row) for reply in answers.values() for row in _rows(reply) if row.get("type") in _TRACKED)
    found = {row["id"].lower(): row for row in rows}
    for row in _rows(known):
        found[row["id"].lower()] = found.get(row["id"].lower(), {}) | row
    ordered = [found[key] for key in sorted(found)]
    half = len(ordered) // 2
    return Pages(listed(*ordered[:half]), listed(*ordered[half:]))


def _rows(reply: Reply) -> Iterator[Body]:
    bodies = reply.bodies if isinstance(reply, Pages) else () if isinstance(reply, Refusal) else (reply,)
    for body in bodies:
        yield from body.get("value", [body]) if isinstance(body.get("value", []), list) else ()


def _indexed(row: Body) -> Body:
    names = row["id"].split("/providers/")[1].split("/")[2::2]
    return {"name": "/".join(names), **{name: row[name] for name in _FIELDS if name in row}}
