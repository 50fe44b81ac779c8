"""What protects AI workloads: keys, storage, networks, logs, detection, budgets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from auditor.model.facts import Fact
from auditor.model.resources.base import Ref, Resource, fact
from auditor.model.resources.serving import _KEY


@dataclass(frozen=True, slots=True, kw_only=True)
class Key(Resource):
    """An encryption key: AWS KMS key, Azure Key Vault key, Cloud KMS crypto key."""

    customer_managed: Fact[bool] = fact("The customer controls its policy and life cycle.")
    enabled: Fact[bool] = fact("It can be used: neither disabled nor pending deletion.")
    rotatable: Fact[bool] = fact("The service can rotate it: symmetric, with material the service made.")
    rotation_days: Fact[int | None] = fact("Days between automatic rotations; none: off.", values=(None, 90, 365, 730))
    public: Fact[bool] = fact("Its policy lets any principal use it without a condition.")
    origin: Fact[str] = fact("Where the key material comes from.", values=("provider", "imported", "external"))
    policy_document: Fact[str] = fact("The text of its own policy.", values=("{}",))
    grants: Fact[tuple[Mapping[str, Any], ...]] = fact(
        "Who else may use it, by grants beside its policy: the grantee, the operations, and whether constraints bind "
        "them. Equal grants are one.",
        values=((), ({"grantee": "arn", "operations": ("Decrypt",), "constrained": False},)),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Storage(Resource):
    """Object storage that may hold models or data: S3 bucket, Azure storage account, Cloud Storage bucket.

    Every store of the account is judged: which ones hold training data cannot be proven from the serving side.
    """

    public: Fact[bool] = fact("Anyone, or anyone with any account of the provider, can read or list it.")
    access_lists: Fact[bool] = fact(
        "Access control lists of it and of what it holds count, and may let other accounts in beside its policy."
    )
    public_access_blocked: Fact[bool] = fact("A setting makes public access impossible, whatever its policies say.")
    encrypted: Fact[bool] = fact("New objects are encrypted at rest.")
    encryption_key: Fact[Ref | None] = fact("The default key of new objects; none: the provider's.", values=_KEY)
    customer_key: Fact[bool] = fact("That key is one the customer manages.")
    requires_tls: Fact[bool] = fact("Requests without TLS are refused.")
    versioned: Fact[bool] = fact("Overwritten and deleted objects can be restored.")
    ai_uses: Fact[tuple[str, ...]] = fact(
        "What AI workloads that were read keep in it; empty only if all were read.",
        values=((), ("model artifacts",), ("captured requests", "training data")),
    )
    keeps_models_or_requests: Fact[bool] = fact("Model artifacts, or requests that a model answered, are kept in it.")
    locked: Fact[bool] = fact("New objects are kept from deletion and change for a time.")
    replicated: Fact[bool] = fact("Every new object is copied to a store in another region.")
    backed_up: Fact[bool] = fact("The provider's backup service has recovery points of it.")
    has_copy: Fact[bool] = fact("It is copied to another region or backed up.")
    logs_requests: Fact[bool] = fact("It writes a log of the requests for its objects.")
    access_logged: Fact[bool] = fact("Reads and writes of its objects are logged, by itself or by an audit log.")
    policy_document: Fact[str | None] = fact("The text of its own policy; none: it has none.", values=(None, "{}"))
    readers: Fact[Mapping[str, str]] = fact(
        "The identities of its account that may read what is kept in it, with the key that new objects get, and how "
        "surely. Only where AI workloads keep something in it.",
        values=({}, {"arn": "always"}),
    )
    read_by_people: Fact[tuple[str, ...]] = fact(
        "Identities that people sign in as and that may read it at any time, by themselves or by roles that they may "
        "take on. Administrators are left out.",
        values=((), ("arn",)),
    )
    read_across_accounts: Fact[tuple[str, ...]] = fact(
        "Principals outside the account and its organization that its policy lets read it, and identities that such "
        "principals may act as and that may.",
        values=((), ("arn",)),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class PrivateEndpoint(Resource):
    """A private way to a provider's API: VPC endpoint, Azure private endpoint, Private Service Connect endpoint."""

    services: Fact[frozenset[str]] = fact(
        "The services it leads to, in the provider's names.", values=(frozenset(), frozenset({"bedrock-runtime"}))
    )
    available: Fact[bool] = fact("It is up, and approved where approval is needed.")
    open_policy: Fact[bool] = fact("Its own policy lets any principal do anything through it.")
    network: Fact[str] = fact("The network it stands in.", values=("network",))
    subnets: Fact[tuple[str, ...]] = fact("The subnets it stands in.", values=((), ("subnet",)))
    security_groups: Fact[tuple[str, ...]] = fact("The security groups on it.", values=((), ("sg",)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Network(Resource):
    """A private network: VPC, Azure virtual network, Google Cloud VPC network."""

    flow_logs: Fact[bool] = fact("Traffic in all of it is recorded in flow logs.")
    private_api_access: Fact[bool] = fact("All its subnets reach the provider's APIs without a public address.")
    internet_subnets: Fact[tuple[str, ...]] = fact("Subnets with a route to an internet gateway.", values=((), ("s",)))
    open_acl_subnets: Fact[tuple[str, ...]] = fact(
        "Subnets whose network ACL lets everything in from any address, as the one they start with does.",
        values=((), ("s",)),
    )
    open_inbound_groups: Fact[tuple[str, ...]] = fact("Security groups any address may enter.", values=((), ("g",)))
    open_outbound_groups: Fact[tuple[str, ...]] = fact(
        "Security groups that let everything out to any address.", values=((), ("g",))
    )
    connected: Fact[bool] = fact("A route leads to another network, whose private endpoints it may use.")
    subnets: Fact[tuple[str, ...]] = fact("Its subnets.", values=((), ("s",)))
    ai_subnets: Fact[tuple[str, ...]] = fact("Its subnets that AI workloads run in.", values=((), ("s",)))
    ai_groups: Fact[tuple[str, ...]] = fact("Security groups on AI workloads in it.", values=((), ("g",)))
    mixed_subnets: Fact[tuple[str, ...]] = fact(
        "Subnets that AI workloads of more than one class share.", values=((), ("s",))
    )
    missing_private_paths: Fact[tuple[str, ...]] = fact(
        "APIs that the AI workloads in it need and that it has no private way to.", values=((), ("s3",))
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditLog(Resource):
    """A channel that keeps an account's audit trail: CloudTrail trail, activity log export, log sink."""

    active: Fact[bool] = fact("It delivers now.")
    complete: Fact[bool] = fact("It receives every management event of the account, in all locations.")
    integrity: Fact[bool] = fact("Its files carry proof that they are unaltered.")
    immutable: Fact[bool] = fact("Its destination keeps them from being deleted or changed before their time.")
    data_events: Fact[frozenset[str]] = fact(
        "The types of data-plane events it receives, in the provider's names.",
        values=(frozenset(), frozenset({"AWS::Bedrock::Model"})),
    )
    object_events: Fact[frozenset[str]] = fact(
        "The stores of which it receives every read and write of an object: `*` for all, or beginnings of ids; with a "
        "leading `!` those that are left out.",
        values=(frozenset(), frozenset({"*"})),
    )
    everywhere: Fact[bool] = fact("It receives events of every location, not only its own.")
    insights: Fact[bool] = fact("Unusual rates of calls are noticed.")
    encryption_key: Fact[Ref | None] = fact("The key its files are encrypted with; none: the storage's.", values=_KEY)
    customer_key: Fact[bool] = fact("That key is one the customer manages.")


@dataclass(frozen=True, slots=True, kw_only=True)
class LogStore(Resource):
    """A store of logs about AI or of the audit trail: CloudWatch log group, Log Analytics workspace, Cloud Logging
    bucket."""

    retention_days: Fact[int | None] = fact("Days until an entry is deleted; none: never.", values=(None, 30, 365))
    encryption_key: Fact[Ref | None] = fact("The key it is encrypted with; none: the provider's.", values=_KEY)
    customer_key: Fact[bool] = fact("That key is one the customer manages.")
    masks_sensitive_data: Fact[bool] = fact("Sensitive values are masked when entries are read.")
    holds_invocations: Fact[bool] = fact("Prompts and answers of models are written to it.")
    holds_ai_logs: Fact[bool] = fact(
        "By its name or by a setting of their source it receives AI service logs, invocation logs or the audit trail."
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class ThreatDetection(Resource):
    """The provider's managed threat detection, per place where it must be switched on."""

    enabled: Fact[bool] = fact("It is on.")
    ai_present: Fact[bool] = fact("AI resources exist in the place it watches.")
    missing_protections: Fact[tuple[str, ...]] = fact(
        "Protections for AI, data, functions and running code that are off.", values=((), ("AI_PROTECTION",))
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget(Resource):
    """A spending budget that covers the account."""

    alerts: Fact[bool] = fact("It notifies somebody at a threshold.")
