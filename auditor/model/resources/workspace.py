"""Where people work on models, label data, and share machines."""

from __future__ import annotations

from dataclasses import dataclass

from auditor.model.facts import Fact
from auditor.model.resources.base import Ref, Resource, fact
from auditor.model.resources.serving import _KEY, _REFS

_STRINGS: tuple[object, ...] = ((), ("x",))


@dataclass(frozen=True, slots=True, kw_only=True)
class Workspace(Resource):
    """An environment in which several people build models: a SageMaker Studio domain."""

    identity: Fact[tuple[Ref, ...]] = fact("The identities its applications run as.", values=_REFS)
    direct_internet: Fact[bool] = fact("Its applications reach the internet outside the customer's network.")
    subnets: Fact[tuple[str, ...]] = fact("The subnets its applications run in.", values=_STRINGS)
    security_groups: Fact[tuple[str, ...]] = fact("The security groups on its applications.", values=_STRINGS)
    federated: Fact[bool] = fact("People sign in through the organization's identity provider.")
    attributable: Fact[bool] = fact("Calls made from it carry the name of the person.")
    encryption_key: Fact[Ref | None] = fact("The key of its volumes; none: the provider's.", values=_KEY)
    customer_key: Fact[bool] = fact("That key is one the customer manages.")
    output_protected: Fact[bool] = fact("Sharing of notebook output is off, or encrypted with a named key.")
    containers_restricted: Fact[bool] = fact("Its users cannot run containers, or only from trusted accounts.")
    idle_shutdown: Fact[bool] = fact("Applications that nobody uses are shut down.")
    shared_identities: Fact[tuple[str, ...]] = fact(
        "Its users that act as an identity which others act as too.", values=_STRINGS
    )
    secrets: Fact[tuple[str, ...]] = fact(
        "Lifecycle scripts in which something looks like a secret, by name and detector.", values=_STRINGS
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Workforce(Resource):
    """People who label data through a portal: a private SageMaker workforce."""

    open_sources: Fact[bool] = fact("Its portal can be reached from any address.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Cluster(Resource):
    """A standing cluster for training: SageMaker HyperPod."""

    identity: Fact[tuple[Ref, ...]] = fact("The identities its machines run as.", values=_REFS)
    in_customer_network: Fact[bool] = fact("It runs in a network of the customer's.")
    subnets: Fact[tuple[str, ...]] = fact("The subnets it runs in.", values=_STRINGS)
    security_groups: Fact[tuple[str, ...]] = fact("The security groups on it.", values=_STRINGS)


@dataclass(frozen=True, slots=True, kw_only=True)
class FeatureGroup(Resource):
    """A group of features in a feature store: SageMaker feature group."""

    offline: Fact[bool] = fact("It keeps a history in object storage.")
    offline_key: Fact[Ref | None] = fact("The key of its offline store; none: the provider's.", values=_KEY)
    offline_customer_key: Fact[bool] = fact("That key is one the customer manages.")
    online: Fact[bool] = fact("It keeps the latest values for serving.")
    online_key: Fact[Ref | None] = fact("The key of its online store; none: the provider's.", values=_KEY)
    online_customer_key: Fact[bool] = fact("That key is one the customer manages.")
    identity: Fact[tuple[Ref, ...]] = fact("The identities that write its offline store.", values=_REFS)
    stores: Fact[tuple[Ref, ...]] = fact("The storage of its offline store.", values=_REFS)


@dataclass(frozen=True, slots=True, kw_only=True)
class AiAsset(Resource):
    """A custom model, index or collection that another AI service of the provider holds for the customer.

    Amazon Comprehend recognizer or classifier, Rekognition project or face collection, Textract adapter, Kendra index,
    Q Business application, Personalize data set group.
    """

    encryption_key: Fact[Ref | None] = fact("The key it is encrypted with; none: the provider's.", values=_KEY)
    customer_key: Fact[bool] = fact("That key is one the customer manages.")
    keyable: Fact[bool] = fact("The service lets the customer choose a key for it.")
    identity: Fact[tuple[Ref, ...]] = fact("The identities it acts as; empty if none.", values=_REFS)
