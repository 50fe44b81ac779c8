"""Private Service Connect endpoints for Google's APIs (PrivateEndpoint): global forwarding rules to an API bundle.

Regional endpoints of single services and private access without an endpoint are something else; the latter is a fact
of the network.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from auditor.model.facts import Fact, Known, native
from auditor.model.resources import PrivateEndpoint
from auditor.model.scope import GLOBAL, Provider
from auditor.providers.base import Collector, Reach
from auditor.providers.gcp.names import labels, last, objects, resource_path, text
from auditor.wire.calls import Call

if TYPE_CHECKING:
    from auditor.providers.gcp.session import GcpSession

RULES_LIST = Call(
    provider=Provider.GCP,
    service="compute",
    operation="globalForwardingRules.list",
    host="compute.googleapis.com",
    path="/compute/v1/projects/{project}/global/forwardingRules",
    permissions=("compute.globalForwardingRules.list",),
    expects=("kind",),
    items="items",
    items_optional=True,  # Compute leaves an empty list out; the kind is always there
)

_BUNDLES = {"all-apis": True, "vpc-sc": False}
"""What an endpoint leads to: every Google API, or only those that VPC Service Controls can restrict."""
_AVAILABLE = {"ACCEPTED": True, "PENDING": False, "REJECTED": False, "CLOSED": False, "NEEDS_ATTENTION": False}


def _find(session: GcpSession, location: str) -> Iterator[PrivateEndpoint]:
    for item in objects(RULES_LIST, session.items(RULES_LIST, GLOBAL, project=session.account.id), "name"):
        bundle = last(str(item.get("target", "")))
        if bundle not in _BUNDLES:
            continue  # a load balancer, or an endpoint of somebody's published service
        yield PrivateEndpoint(
            id=f"//compute.googleapis.com/projects/{session.account.id}/global/forwardingRules/{item['name']}",
            name=item["name"],
            account=session.account,
            location=GLOBAL,
            native_type="compute.googleapis.com/GlobalForwardingRule",
            tags=labels(item),
            services=Known(frozenset({"googleapis"}), {"target": bundle}),
            available=native(item, "pscConnectionStatus").map(_AVAILABLE),
            # It carries no policy of its own: all-apis lets every API through, vpc-sc those that a perimeter guards.
            open_policy=Known(bundle, {"target": bundle}).map(_BUNDLES),
            network=_network(item),
        )


def _network(item: Mapping[str, Any]) -> Fact[str]:
    return text(item, "network").map(lambda url: f"//compute.googleapis.com/{resource_path(url)}")


COLLECTORS = (
    Collector(
        name="gcp.private_endpoints.google_apis",
        provider=Provider.GCP,
        kind=PrivateEndpoint,
        reach=Reach.ACCOUNT,
        find_calls=(RULES_LIST,),
        find=_find,
        find_facts=("tags", "services", "available", "open_policy", "network"),
    ),
)
