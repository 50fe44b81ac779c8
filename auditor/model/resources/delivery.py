"""How models are built and reached: registries, images, functions, front doors and their firewalls."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from auditor.model.facts import Fact
from auditor.model.resources.base import Ref, Resource, fact
from auditor.model.resources.serving import _KEY, _REFS

_MAYBE: tuple[object, ...] = (True, False, None)
_STRINGS: tuple[object, ...] = ((), ("x",))


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelGroup(Resource):
    """The versions of a model in a registry: SageMaker model package group."""

    public: Fact[bool] = fact("Its policy lets any principal use it without a condition.")
    empty: Fact[bool] = fact("It holds no version.")
    approved: Fact[bool] = fact("A version of it is approved.")
    encryption_key: Fact[Ref | None] = fact("The key of its newest version; none: the provider's.", values=_KEY)
    customer_key: Fact[bool] = fact("That key is one the customer manages.")
    policy_document: Fact[str | None] = fact("The text of its own policy; none: it has none.", values=(None, "{}"))


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageRepository(Resource):
    """A repository of container images: Amazon ECR repository."""

    runs_ai: Fact[bool] = fact("A container of a model comes from it.")
    scanned: Fact[bool] = fact("Its images are scanned for vulnerabilities when pushed, or continuously.")
    immutable: Fact[bool] = fact("A tag, once given, cannot be moved to another image.")
    encryption_key: Fact[Ref | None] = fact("The key it is encrypted with; none: the provider's.", values=_KEY)
    customer_key: Fact[bool] = fact("That key is one the customer manages.")
    public: Fact[bool] = fact("Its policy lets any principal use it without a condition.")
    policy_document: Fact[str | None] = fact("The text of its own policy; none: it has none.", values=(None, "{}"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Function(Resource):
    """A serverless function: AWS Lambda."""

    fronts_ai: Fact[bool] = fact("The identity it runs as may call a model or an agent.")
    identity: Fact[tuple[Ref, ...]] = fact("The identity it runs as.", values=_REFS)
    own_identity: Fact[bool] = fact("No other function runs as the same identity.")
    endpoints: Fact[tuple[Ref, ...]] = fact("The model endpoints that its identity may call by name.", values=_REFS)
    secrets: Fact[tuple[str, ...]] = fact(
        "Variables whose value looks like a secret, by name and detector.", values=_STRINGS
    )
    has_variables: Fact[bool] = fact("It has environment variables.")
    encryption_key: Fact[Ref | None] = fact("The key of its variables; none: the provider's.", values=_KEY)
    customer_key: Fact[bool] = fact("That key is one the customer manages.")
    traced: Fact[bool] = fact("Its requests are traced.")
    in_customer_network: Fact[bool] = fact("It runs in a network of the customer's.")
    subnets: Fact[tuple[str, ...]] = fact("The subnets it runs in.", values=_STRINGS)
    security_groups: Fact[tuple[str, ...]] = fact("The security groups on it.", values=_STRINGS)
    runtime_supported: Fact[bool] = fact("Its runtime still gets security updates; an image brings its own.")
    code_signed: Fact[bool] = fact("Code without a trusted signature is refused.")
    image_packaged: Fact[bool] = fact("It is a container image, which code signing does not cover.")
    public: Fact[bool] = fact("Its policy lets any principal, or any bucket, call it without a condition.")
    open_url: Fact[bool] = fact("It has a URL that asks for no credential.")
    concurrency_capped: Fact[bool] = fact("It may use only a stated number of parallel runs.")
    policy_document: Fact[str | None] = fact("The text of its own policy; none: it has none.", values=(None, "{}"))
    invokers: Fact[Mapping[str, str]] = fact(
        "The identities of its account that may call it, and how surely. Only where it has to do with AI.",
        values=({}, {"arn": "always"}),
    )
    invoked_across_accounts: Fact[tuple[str, ...]] = fact(
        "Principals outside the account and its organization that its policy lets call it, and identities that such "
        "principals may act as and that may.",
        values=((), ("arn",)),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class FrontDoor(Resource):
    """An API in front of functions and models: Amazon API Gateway REST or HTTP API."""

    fronts_ai: Fact[bool] = fact("It leads to a model API, or to a function that may call a model or an agent.")
    functions: Fact[tuple[Ref, ...]] = fact("The functions it leads to.", values=_REFS)
    direct_services: Fact[tuple[str, ...]] = fact(
        "The provider's services it calls without a function.", values=((), ("sagemaker",))
    )
    open_routes: Fact[tuple[str, ...]] = fact(
        "Routes to AI that ask callers for no credential; a key of a usage plan is none.", values=((), ("POST /x",))
    )
    public: Fact[bool] = fact("It can be reached from the internet.")
    firewall: Fact[bool | None] = fact(
        "A web application firewall stands before every stage; none: this kind of API cannot have one of its own.",
        values=_MAYBE,
    )
    firewalls: Fact[tuple[Ref, ...]] = fact("The firewalls before its stages.", values=_REFS)
    access_logged: Fact[bool] = fact("Every stage writes an access log.")
    traced: Fact[bool | None] = fact("Every stage is traced; none: this kind of API cannot be.", values=_MAYBE)
    throttled: Fact[bool] = fact("Every stage has a rate limit of its own, or a usage plan with limit and quota.")
    validates: Fact[bool | None] = fact(
        "What is sent to AI is checked against a schema before it goes on; none: this kind of API cannot.",
        values=_MAYBE,
    )
    old_tls_domains: Fact[tuple[str, ...]] = fact("Its own domain names that accept TLS before 1.2.", values=_STRINGS)


@dataclass(frozen=True, slots=True, kw_only=True)
class WebFirewall(Resource):
    """A web application firewall's rule set: AWS WAF web ACL."""

    logged: Fact[bool] = fact("It logs the requests it judges.")
    rate_limited: Fact[bool] = fact("A rule limits how often one source may ask.")
    managed_rules: Fact[bool] = fact("It uses rules for known attacks that the provider or a vendor maintains.")
    guards_ai: Fact[bool] = fact("It stands before an API that leads to a model, or an agent's gateway.")
