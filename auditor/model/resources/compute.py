"""Where people and jobs work on models."""

from __future__ import annotations

from dataclasses import dataclass

from auditor.model.facts import Fact
from auditor.model.resources.base import Ref, Resource, fact
from auditor.model.resources.serving import _KEY, _REFS


@dataclass(frozen=True, slots=True, kw_only=True)
class Notebook(Resource):
    """Interactive or attached ML compute.

    SageMaker notebook instance; Azure Machine Learning compute instance or cluster; Vertex AI Workbench instance.
    """

    identity: Fact[tuple[Ref, ...]] = fact("The identities its code runs as; empty if none.", values=_REFS)
    direct_internet: Fact[bool] = fact(
        "It has a public address or a route to the internet outside the customer's network."
    )
    root_access: Fact[bool] = fact("Its users can become root, or local administrator.")
    open_inbound: Fact[tuple[str, ...]] = fact("Ports that any address may reach.", values=((), ("22",)))
    platform_current: Fact[bool] = fact("Its image or platform is one the provider still supports and updates.")
    encryption_key: Fact[Ref | None] = fact("The key its disks are encrypted with; none: the provider's.", values=_KEY)
    customer_key: Fact[bool] = fact("That key is one the customer manages.")
    in_customer_network: Fact[bool] = fact("It stands in a network of the customer's.")
    subnets: Fact[tuple[str, ...]] = fact("The subnets it stands in.", values=((), ("subnet",)))
    security_groups: Fact[tuple[str, ...]] = fact("The security groups on it.", values=((), ("sg",)))
    metadata_v2: Fact[bool] = fact("Its metadata service answers only requests with a session token.")
    secrets: Fact[tuple[str, ...]] = fact(
        "Lifecycle scripts in which something looks like a secret, by name and detector.", values=((), ("x",))
    )
