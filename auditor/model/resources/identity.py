"""Who acts in an account."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from auditor.model.facts import Fact
from auditor.model.resources.base import Resource, fact


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity(Resource):
    """A principal: IAM user or role; Azure managed identity, service principal or user with a role assignment;
    Google Cloud service account."""

    person: Fact[bool] = fact("A person signs in as it.")
    mfa: Fact[bool] = fact("Sign-in needs a second factor.")
    trusted_by_ai_service: Fact[bool] = fact("Its trust policy names an AI service, so AI workloads can run as it.")
    runs_ai: Fact[bool] = fact("AI workloads run as it, or an AI service may.")
    shared_across_classes: Fact[bool] = fact(
        "AI workloads of more than one class (inference, notebook, agent, platform) run as it."
    )
    administrator: Fact[bool] = fact(
        "It may do everything that the organization leaves the account, or give itself that right."
    )
    used_by_people: Fact[bool] = fact(
        "People sign in as it: a user with a password, or a role that they come to by federation."
    )
    standing_administrators: Fact[tuple[str, ...]] = fact(
        "The administrators whose rights somebody who signs in as it has at any time: itself, or roles that it may "
        "take on. Only where people sign in as it.",
        values=((), ("arn",)),
    )
    broad_grants: Fact[tuple[str, ...]] = fact(
        "Grants wider than a workload needs: service wildcards, built-in administrator and full-access roles.",
        values=((), ("sagemaker:*",)),
    )
    long_lived_keys: Fact[tuple[str, ...]] = fact(
        "Its credentials that do not expire by themselves, by id.", values=((), ("key",))
    )
    unconditioned_trust: Fact[tuple[str, ...]] = fact(
        "Who may act as it for anybody, or with everything else: services that say for whose resource they act and are "
        "not held to it (AWS); everyone, and whoever may act as every identity of the project (Google Cloud).",
        values=((), ("svc",)),
    )
    outsiders: Fact[tuple[str, ...]] = fact(
        "Accounts and principals outside of its own account that its trust policy names, and everyone.",
        values=((), ("999999999999",)),
    )
    unconditioned_outsiders: Fact[tuple[str, ...]] = fact(
        "Those of them that nothing in the policy narrows down: accounts as a whole without an external id, an "
        "organization or principals by name, and everyone.",
        values=((), ("999999999999",)),
    )
    unverified_outsiders: Fact[tuple[str, ...]] = fact(
        "Those of the latter that are not shown to be of the same hands either: neither the management account of the "
        "organization nor an account of this audit.",
        values=((), ("999999999999",)),
    )
    federations: Fact[tuple[str, ...]] = fact(
        "Token issuers and identity providers whose users may act as it.", values=((), ("issuer",))
    )
    unbound_federations: Fact[tuple[str, ...]] = fact(
        "Those whose tokens it takes whoever they were issued to, or those of everybody at an issuer that serves all.",
        values=((), ("issuer",)),
    )
    deleted_principals: Fact[tuple[str, ...]] = fact(
        "Principals that its trust policy names by the id that is left of them once they are deleted.",
        values=((), ("AROAEXAMPLEEXAMPLE",)),
    )
    permissions_boundary: Fact[str | None] = fact("The policy that caps its permissions.", values=(None, "boundary"))
    passes_any_role: Fact[tuple[str, ...]] = fact(
        "Grants to hand any identity of the account to a service.", values=((), ("iam:PassRole",))
    )
    last_used: Fact[str] = fact(
        "When it was last used; recently: within 90 days, or made in that time.",
        values=("recently", "long ago", "never"),
    )
    unused_ai_services: Fact[tuple[str, ...]] = fact(
        "AI services that its own policies allow and that it did not try to use for 90 days, or ever; none: nothing is "
        "left unused, or it was made in that time. Read for roles that AI workloads may run as.",
        values=((), ("sagemaker",)),
    )
    service_linked: Fact[bool] = fact(
        "The provider made it for a service of its own; its rights and trust cannot be changed."
    )
    service_acts: Fact[bool] = fact("Nobody acts as it but services that run no code of the customer's.")
    session_hours: Fact[int | None] = fact(
        "The longest session that can be opened as it; none: it has no sessions.", values=(None, 1, 12)
    )
    invokes: Fact[tuple[str, ...]] = fact(
        "The models, endpoints and agents its own policies let it call, as resource patterns. Ceilings are not looked "
        "at: it may be fewer.",
        values=((), ("arn:aws:bedrock:*::foundation-model/*",)),
    )
    invokes_any: Fact[tuple[str, ...]] = fact(
        "The kinds of which it may call any one, whatever its name: agents, agent runtimes, endpoints, foundation "
        "models.",
        values=((), ("endpoints",)),
    )
    invokes_generative: Fact[bool] = fact("Generative models are among what its own policies let it call.")
    invokes_unguarded: Fact[bool] = fact("Its own policies let it call some of those without naming a guardrail.")
    guardrail_mandated: Fact[bool] = fact("A policy of the organization puts a guardrail on every such call anyway.")
    invokes_from_anywhere: Fact[bool] = fact("Its own policies let it call some of that from any network.")
    attribute_conditions: Fact[bool] = fact(
        "Grants on AI resources that it has depend on tags of the resource or caller."
    )
    policies: Fact[Mapping[str, Any]] = fact(
        "Its own policies: the texts of inline ones by name, the ARNs of attached ones, and the ARNs of its groups. "
        "What attached ones and those of groups say stands at the account.",
        values=({"inline": {}, "managed": (), "groups": ()}, {"inline": {"own": "{}"}, "managed": (), "groups": ()}),
    )
    trust_document: Fact[str | None] = fact(
        "The text of its trust policy; none: nobody acts as it but itself.", values=(None, "{}")
    )
    escalates: Fact[bool] = fact(
        "It is an administrator, or has a way to become one: by its own rights, or by those of identities and AI "
        "resources that it can take over. Compute that has nothing to do with AI is not looked at."
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountSettings(Resource):
    """What holds for an account as a whole. Exactly one per account."""

    root_mfa: Fact[bool] = fact("The root user needs a second factor to sign in.")
    root_keys: Fact[bool] = fact("The root user has access keys.")
    control_plane_audit: Fact[bool] = fact("An active audit log receives every management event, everywhere.")
    audit_integrity: Fact[bool] = fact("Such a log carries proof that its files are unaltered.")
    audit_immutable: Fact[bool] = fact("Such a log is stored where it cannot be deleted or changed before its time.")
    budget_alert: Fact[bool] = fact("A budget notifies somebody before the money is gone.")
    spend_anomaly_alert: Fact[bool] = fact("Unusual spending on a service is noticed, and somebody is told.")
    in_organization: Fact[bool] = fact("The account belongs to an organization.")
    management_account_id: Fact[str | None] = fact(
        "The management account of its organization; none: it belongs to none.", values=(None, "999999999999")
    )
    organization_id: Fact[str | None] = fact("The organization it belongs to, if any.", values=(None, "o-1"))
    organization_path: Fact[str | None] = fact(
        "Its place in the organization, from the organization's id over the root and each unit.",
        values=(None, "o-1/r-1/ou-1/"),
    )
    organization_ceiling: Fact[bool] = fact("A policy of the organization's own limits what the account may grant.")
    resource_perimeter: Fact[bool] = fact("A policy of the organization limits who may reach the account's resources.")
    ai_data_opt_out: Fact[bool] = fact("The organization opted out of the provider's use of AI content.")
    guardrail_regions: Fact[tuple[str, ...]] = fact(
        "Regions in which a policy of the organization puts a guardrail on every call of a generative model.",
        values=((), ("us-east-1",)),
    )
    generative_used: Fact[bool] = fact("Generative models are used in some region: called recently, or agents exist.")
    guardrail_mandated: Fact[bool] = fact("Every region in which generative models are used is one of those.")
    management_account: Fact[bool] = fact(
        "It is the management account of its organization, which the organization's policies do not bind."
    )
    organization_policies: Fact[Mapping[str, Any]] = fact(
        "The texts of the organization's policies that hold for the account: by type a list of levels from the root "
        "to the account, each by name; no levels: no policy of the type holds.",
        values=(
            {"SERVICE_CONTROL_POLICY": (), "RESOURCE_CONTROL_POLICY": ()},
            {"SERVICE_CONTROL_POLICY": ({"ceiling": "{}"},), "RESOURCE_CONTROL_POLICY": ()},
        ),
    )
    managed_policies: Fact[Mapping[str, str]] = fact(
        "The texts of the managed policies that identities have, in their default version, by ARN.",
        values=({}, {"arn": "{}"}),
    )
    group_policies: Fact[Mapping[str, Any]] = fact(
        "The policies of the groups of users, by the ARN of the group: the texts of inline ones by name, the ARNs of "
        "attached ones.",
        values=({}, {"arn": {"inline": {}, "managed": ()}}),
    )
    policies_with_deleted_principals: Fact[tuple[str, ...]] = fact(
        "Policies that name a principal that was deleted: of resources around AI, and the trust of identities that AI "
        "workloads run as.",
        values=((), ("key",)),
    )
    workforce_federated: Fact[bool] = fact("People reach the account through a central identity provider.")
    attribute_based_access: Fact[bool] = fact("Some identity's grants on AI resources depend on tags.")
    separate_keys: Fact[bool] = fact(
        "In each region, the classes of AI data have at least two different keys of the customer's between them."
    )
    keyed_classes: Fact[tuple[str, ...]] = fact(
        "The classes of AI data with a key of the customer's, in regions that have more than one.",
        values=((), ("logs", "models")),
    )
