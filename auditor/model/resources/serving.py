"""What answers requests with a model: endpoints, model APIs, generative deployments; and the models themselves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from auditor.model.facts import Fact
from auditor.model.resources.base import Ref, Resource, fact

_REFS: tuple[object, ...] = ((), (Ref("Identity", None, "", "x"),))  # type: ignore[arg-type]
_KEY: tuple[object, ...] = (None, Ref("Key", None, "", "k"))  # type: ignore[arg-type]


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint(Resource):
    """A deployed model that answers requests.

    SageMaker endpoint, Bedrock provisioned throughput; Azure Machine Learning online or batch endpoint; Vertex AI
    endpoint.
    """

    runs_customer_code: Fact[bool] = fact("A container or script of the customer's choosing runs behind it.")
    identity: Fact[tuple[Ref, ...]] = fact("The identities its model code runs as; empty if none.", values=_REFS)
    anonymous: Fact[bool] = fact("A caller without any credential can get an answer.")
    key_authentication: Fact[bool] = fact("It accepts a static key in place of a cloud identity.")
    in_customer_network: Fact[bool] = fact("Every model behind it is attached to a network of the customer's.")
    private_access: Fact[bool] = fact(
        "Requests can stay on private networks. Azure and Google Cloud: the public address is off. AWS, whose runtime "
        "API keeps a public address: the models stand in a VPC and the region has an interface endpoint for the API."
    )
    encryption_key: Fact[Ref | None] = fact("The key its storage is encrypted with; none: the provider's.", values=_KEY)
    customer_key: Fact[bool] = fact("That key is one the customer manages.")
    invocation_logging: Fact[bool] = fact("Requests, or requests and responses, are logged.")
    environment: Fact[str] = fact("From its tags; untagged counts as production.", values=("production", "development"))
    missing_tags: Fact[tuple[str, ...]] = fact(
        "Which of owner, environment and data classification it does not carry.", values=((), ("owner",))
    )
    models: Fact[tuple[Ref, ...]] = fact("The models it serves.", values=((), (Ref("Model", None, "", "m"),)))  # type: ignore[arg-type]
    single_machines: Fact[tuple[str, ...] | None] = fact(
        "Variants that are set up to start on one machine; none: it has no machines of the customer's choosing.",
        values=((), ("a",), None),
    )
    captures: Fact[bool] = fact("Requests and responses are captured to storage.")
    capture_key: Fact[Ref | None] = fact("The key of what is captured; none: the storage's.", values=_KEY)
    capture_stores: Fact[tuple[Ref, ...]] = fact("The storage that captured requests go to.", values=_REFS)
    capture_customer_key: Fact[bool] = fact("What is captured is encrypted with a key the customer manages.")
    output_keys: Fact[tuple[Ref | None, ...]] = fact(
        "The key of each place that asynchronous answers and core dumps go to; empty: there is none.",
        values=((), (None,), (Ref("Key", None, "", "k"),)),  # type: ignore[arg-type]
    )
    output_customer_key: Fact[bool] = fact("All of those keys are ones the customer manages.")
    public_policy: Fact[bool | None] = fact(
        "Its resource policy lets any principal call it without a condition; none: endpoints of its kind have no "
        "policy.",
        values=(True, False, None),
    )
    policy_document: Fact[str | None] = fact("The text of its own policy; none: it has none.", values=(None, "{}"))
    shell_access: Fact[bool] = fact("A person can open a shell in its containers.")
    rolls_back: Fact[bool | None] = fact(
        "A deployment that raises an alarm is rolled back; none: deployments to it cannot be watched by alarms.",
        values=(True, False, None),
    )
    monitored: Fact[tuple[str, ...]] = fact(
        "What active schedules compare of it with a baseline.", values=((), ("data quality",))
    )
    monitor_ran: Fact[bool] = fact("The last due execution of each of its schedules completed.")
    invokers: Fact[Mapping[str, str]] = fact(
        "The identities of its account that may call it, and how surely: always, under conditions, at times, or as far "
        "as read, where what was not read can only take it away.",
        values=({}, {"arn": "always"}, {"arn": "as far as read"}),
    )
    invoked_by_people: Fact[tuple[str, ...]] = fact(
        "Identities that people sign in as and that may call it at any time, by themselves or by roles that they may "
        "take on. Administrators are left out.",
        values=((), ("arn",)),
    )
    invoked_across_accounts: Fact[tuple[str, ...]] = fact(
        "Principals outside the account and its organization that its policy lets call it, and identities that such "
        "principals may act as and that may.",
        values=((), ("arn",)),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Model(Resource):
    """A model the customer made or registered: SageMaker model, Bedrock custom model, Vertex AI model."""

    encryption_key: Fact[Ref | None] = fact("The key it is encrypted with; none: the provider's.", values=_KEY)
    customer_key: Fact[bool] = fact("That key is one the customer manages.")
    encrypted_with_storage: Fact[bool] = fact(
        "It holds no copy of its own: the artifact stays in a bucket and is protected by the bucket's key."
    )
    runs_containers: Fact[bool] = fact("It is containers that the customer names; not a model that the provider runs.")
    identity: Fact[tuple[Ref, ...]] = fact("The identity its containers run as; empty if none.", values=_REFS)
    in_customer_network: Fact[bool] = fact("Its containers run in a network of the customer's.")
    subnets: Fact[tuple[str, ...]] = fact("The subnets they run in.", values=((), ("subnet",)))
    security_groups: Fact[tuple[str, ...]] = fact("The security groups on them.", values=((), ("sg",)))
    network_isolated: Fact[bool] = fact("Its containers can make no network call of their own.")
    images: Fact[tuple[str, ...]] = fact("The images of its containers.", values=((), ("image",)))
    public_pulls: Fact[tuple[str, ...]] = fact(
        "Images of it that are not pulled through the customer's network.", values=((), ("image",))
    )
    unpinned_images: Fact[tuple[str, ...]] = fact(
        "Images of it under a tag that can be moved, as far as anything in the account shows.",
        values=((), ("image",)),
    )
    artifacts: Fact[tuple[Ref, ...]] = fact("The storage its artifacts lie in.", values=_REFS)
    artifacts_versioned: Fact[bool] = fact("Overwritten artifacts can be restored: all of that storage is versioned.")
    secrets: Fact[tuple[str, ...]] = fact(
        "Variables whose value looks like a secret, by name and detector.", values=((), ("x",))
    )
    approved: Fact[bool] = fact("It was made from an approved version in a registry.")
    documented: Fact[bool | None] = fact(
        "An approved model card names it; none: it is of a kind that the provider's model cards are not made for.",
        values=(True, False, None),
    )
    public_policy: Fact[bool | None] = fact(
        "Its resource policy lets any principal use it without a condition; none: models of its kind have no policy.",
        values=(True, False, None),
    )
    policy_document: Fact[str | None] = fact("The text of its own policy; none: it has none.", values=(None, "{}"))


@dataclass(frozen=True, slots=True, kw_only=True)
class AiService(Resource):
    """A model API of the provider as this account uses it, and what guards it.

    Amazon Bedrock and Amazon SageMaker in a region; an Azure AI services or Azure OpenAI account; an Azure Machine
    Learning workspace; Vertex AI in a project.
    """

    called: Fact[bool] = fact("The provider's metrics show recent calls.")
    in_use: Fact[bool] = fact("The account uses it: AI resources exist under it, or it was called recently.")
    generative: Fact[bool] = fact("It serves foundation models directly, so invocations are logged here.")
    identity: Fact[tuple[Ref, ...]] = fact("The identities it acts as; empty if none.", values=_REFS)
    anonymous: Fact[bool] = fact("A caller without any credential can get an answer.")
    key_authentication: Fact[bool] = fact("It accepts static keys in place of a cloud identity.")
    private_endpoint: Fact[bool] = fact("A private endpoint for it exists and is approved and available.")
    encryption_key: Fact[Ref | None] = fact("The key its data is encrypted with; none: the provider's.", values=_KEY)
    customer_key: Fact[bool] = fact("That key is one the customer manages.")
    invocation_logging: Fact[bool] = fact("Model invocations through it are logged.")
    data_plane_audit: Fact[bool] = fact("Calls of its data plane, with their caller, are in an audit log.")
    guardrail_available: Fact[bool] = fact("A guardrail with a published version exists in the location.")
    guardrail_enforced: Fact[bool] = fact(
        "A guardrail is applied to all of every call of every model, whatever the caller asks for."
    )
    evaluated: Fact[bool] = fact("A model evaluation was completed in the last 180 days.")
    registry_used: Fact[bool] = fact("Models are registered in a model registry before they are deployed.")
    has_models: Fact[bool] = fact("Models that the customer made exist in the location.")


@dataclass(frozen=True, slots=True, kw_only=True)
class GenerativeDeployment(Resource):
    """Something that answers prompts with a generative model.

    A Bedrock agent or flow; a deployment in an Azure OpenAI or AI services account; the Gemini API of a project in
    Vertex AI.
    """

    in_use: Fact[bool] = fact("It can be called: the agent is prepared, the deployment exists, the API is enabled.")
    identity: Fact[tuple[Ref, ...]] = fact("The identities it acts as; empty if none.", values=_REFS)
    guardrail: Fact[bool | None] = fact(
        "A guardrail or content filter that blocks is applied to it; none: no model answers in it.",
        values=(True, False, None),
    )
    encryption_key: Fact[Ref | None] = fact("The key it is encrypted with; none: the provider's.", values=_KEY)
    customer_key: Fact[bool] = fact("That key is one the customer manages.")
    session_seconds: Fact[int | None] = fact(
        "How long an idle session keeps its memory; none: it keeps none.", values=(None, 600, 86400)
    )
    unconfirmed_tools: Fact[tuple[str, ...] | None] = fact(
        "Tools that a model in it chooses and that run without asking a person, those aside that only read by their "
        "HTTP method; none: no model chooses what it does.",
        values=((), ("delete_order",), None),
    )
    own_identity: Fact[bool] = fact("No other agent or flow acts as the same identity.")
