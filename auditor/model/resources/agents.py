"""What agents are made of: runtimes, gateways to tools, memories, sandboxes; and what grounds and guards them."""

from __future__ import annotations

from dataclasses import dataclass

from auditor.model.facts import Fact
from auditor.model.resources.base import Ref, Resource, fact
from auditor.model.resources.serving import _KEY, _REFS

_STRINGS: tuple[object, ...] = ((), ("x",))


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentRuntime(Resource):
    """A managed place where the code of an agent runs: Bedrock AgentCore runtime."""

    identity: Fact[tuple[Ref, ...]] = fact("The identities its code runs as.", values=_REFS)
    private: Fact[bool] = fact("It runs in a network of the customer's.")
    subnets: Fact[tuple[str, ...]] = fact("The subnets it runs in.", values=_STRINGS)
    security_groups: Fact[tuple[str, ...]] = fact("The security groups on it.", values=_STRINGS)
    authentication: Fact[str] = fact(
        "How callers prove who they are: by a cloud identity, a token that is checked, any token of an issuer, or not "
        "at all.",
        values=("cloud identity", "token issuer", "authenticated only", "none"),
    )
    metadata_v2: Fact[bool] = fact("Its metadata service answers only requests with a session token.")
    secrets: Fact[tuple[str, ...]] = fact(
        "Variables whose value looks like a secret, by name and detector.", values=_STRINGS
    )
    public_policy: Fact[bool] = fact("Its resource policy lets any principal call it without a condition.")
    policy_document: Fact[str | None] = fact("The text of its own policy; none: it has none.", values=(None, "{}"))


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentGateway(Resource):
    """What gives agents their tools: Bedrock AgentCore gateway."""

    identity: Fact[tuple[Ref, ...]] = fact("The identities it calls tools as.", values=_REFS)
    authorization: Fact[str] = fact(
        "What it asks of a caller: a cloud identity, a token that is checked, any token of an issuer, or nothing.",
        values=("cloud identity", "token issuer", "authenticated only", "none"),
    )
    encryption_key: Fact[Ref | None] = fact("The key it is encrypted with; none: the provider's.", values=_KEY)
    customer_key: Fact[bool] = fact("That key is one the customer manages.")
    tool_policy: Fact[str] = fact("What its policy engine does with a forbidden call.", values=("block", "log", "none"))
    firewall: Fact[bool] = fact("A web application firewall stands in front and refuses requests when it fails.")
    reveals_errors: Fact[bool] = fact("Callers see the internal details of errors.")
    public_policy: Fact[bool] = fact("Its resource policy lets any principal call it without a condition.")
    policy_document: Fact[str | None] = fact("The text of its own policy; none: it has none.", values=(None, "{}"))


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentStore(Resource):
    """What agents keep: a memory, the token vault of a region, a policy engine (Bedrock AgentCore)."""

    keeps: Fact[str] = fact("What it keeps.", values=("memory", "credentials", "policies"))
    encryption_key: Fact[Ref | None] = fact("The key it is encrypted with; none: the provider's.", values=_KEY)
    customer_key: Fact[bool] = fact("That key is one the customer manages.")
    expires_days: Fact[int | None] = fact(
        "Days after which what was said is deleted; none: it keeps no conversations.", values=(None, 30, 3650)
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentTool(Resource):
    """A sandbox in which an agent acts: Bedrock AgentCore browser or code interpreter."""

    tool: Fact[str] = fact("What it is.", values=("browser", "code interpreter"))
    identity: Fact[tuple[Ref, ...]] = fact("The identities it acts as; empty if none.", values=_REFS)
    private: Fact[bool] = fact("It runs in a network of the customer's.")
    recorded: Fact[bool | None] = fact(
        "Its sessions are recorded to storage; none: this kind of tool cannot be.", values=(True, False, None)
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Guardrail(Resource):
    """A set of filters for prompts and answers: Bedrock guardrail.

    What is judged is its newest published version, or the draft of one that was never published.
    """

    versioned: Fact[bool] = fact("It has a published version that is ready, not only a draft.")
    prompt_attacks_blocked: Fact[bool] = fact("Prompt attacks are filtered at high strength, and blocked.")
    unfiltered_harms: Fact[tuple[str, ...]] = fact(
        "Kinds of harmful content that it lets through in prompts or answers, or blocks at low strength only.",
        values=((), ("VIOLENCE",)),
    )
    masks_personal_data: Fact[bool] = fact(
        "Personal data, or what fits a pattern of the customer's, is blocked or masked in answers."
    )
    grounding: Fact[bool] = fact(
        "Answers that their sources do not support are blocked, at a threshold of 0.7 or more."
    )
    retrieval: Fact[bool] = fact("Knowledge bases, whose answers have sources, exist in its location.")
    denied_topics: Fact[bool] = fact("At least one topic is denied.")
    encryption_key: Fact[Ref | None] = fact("The key it is encrypted with; none: the provider's.", values=_KEY)
    customer_key: Fact[bool] = fact("That key is one the customer manages.")
    public_policy: Fact[bool] = fact("Its resource policy lets any principal use it without a condition.")


@dataclass(frozen=True, slots=True, kw_only=True)
class KnowledgeBase(Resource):
    """Documents that answers are grounded in, and the index of them: Bedrock knowledge base."""

    identity: Fact[tuple[Ref, ...]] = fact("The identities it reads and writes as.", values=_REFS)
    source_keys: Fact[tuple[Ref | None, ...]] = fact(
        "The key of each data source's copy; none in it: the provider's.",
        values=((), (None,), (Ref("Key", None, "", "k"),)),  # type: ignore[arg-type]
    )
    customer_key: Fact[bool] = fact("All of those keys are ones the customer manages.")
    sources: Fact[tuple[Ref, ...]] = fact("The storage its documents come from.", values=_REFS)
    store_key: Fact[Ref | None] = fact("The key of its index; none: the provider's.", values=_KEY)
    store_customer_key: Fact[bool] = fact("That key is one the customer manages.")
    store_public: Fact[bool] = fact("Its index can be reached from the internet.")
    on_deletion: Fact[tuple[str, ...]] = fact(
        "What happens to indexed data when a data source is deleted.", values=((), ("retain",), ("delete",))
    )
    public_policy: Fact[bool | None] = fact(
        "Its resource policy lets any principal use it without a condition; none: its type has no policy.",
        values=(True, False, None),
    )
    policy_document: Fact[str | None] = fact("The text of its own policy; none: it has none.", values=(None, "{}"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Prompt(Resource):
    """A stored prompt: Bedrock prompt management."""

    encryption_key: Fact[Ref | None] = fact("The key it is encrypted with; none: the provider's.", values=_KEY)
    customer_key: Fact[bool] = fact("That key is one the customer manages.")
