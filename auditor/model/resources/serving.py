"""What answers requests with a model: endpoints, model APIs, generative deployments; and the models themselves."""

from __future__ import annotations

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Model(Resource):
    """A model the customer made or registered: SageMaker model, Bedrock custom model, Vertex AI model."""

    encryption_key: Fact[Ref | None] = fact("The key it is encrypted with; none: the provider's.", values=_KEY)
    customer_key: Fact[bool] = fact("That key is one the customer manages.")
    encrypted_with_storage: Fact[bool] = fact(
        "It holds no copy of its own: the artifact stays in a bucket and is protected by the bucket's key."
    )


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


@dataclass(frozen=True, slots=True, kw_only=True)
class GenerativeDeployment(Resource):
    """Something that answers prompts with a generative model.

    A Bedrock agent; a deployment in an Azure OpenAI or AI services account; the Gemini API of a project in Vertex AI.
    """

    in_use: Fact[bool] = fact("It can be called: the agent is prepared, the deployment exists, the API is enabled.")
    identity: Fact[tuple[Ref, ...]] = fact("The identities it acts as; empty if none.", values=_REFS)
    guardrail: Fact[bool] = fact("A guardrail or content filter that blocks is applied to it.")
