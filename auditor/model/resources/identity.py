"""Who acts in an account."""

from __future__ import annotations

from dataclasses import dataclass

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
    administrator: Fact[bool] = fact("It may do everything in the account, or give itself that right.")
    broad_grants: Fact[tuple[str, ...]] = fact(
        "Grants wider than a workload needs: service wildcards, built-in administrator and full-access roles.",
        values=((), ("sagemaker:*",)),
    )
    long_lived_keys: Fact[tuple[str, ...]] = fact(
        "Its credentials that do not expire by themselves, by id.", values=((), ("key",))
    )
    unconditioned_trust: Fact[tuple[str, ...]] = fact(
        "Principals that may act as it without any condition on where they come from.", values=((), ("svc",))
    )
    permissions_boundary: Fact[str | None] = fact("The policy that caps its permissions.", values=(None, "boundary"))


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountSettings(Resource):
    """What holds for an account as a whole. Exactly one per account."""

    root_mfa: Fact[bool] = fact("The root user needs a second factor to sign in.")
    root_keys: Fact[bool] = fact("The root user has access keys.")
    control_plane_audit: Fact[bool] = fact("An active audit log receives every management event, everywhere.")
    audit_integrity: Fact[bool] = fact("Such a log carries proof that its files are unaltered.")
    audit_immutable: Fact[bool] = fact("Such a log is stored where it cannot be deleted or changed before its time.")
    budget_alert: Fact[bool] = fact("A budget notifies somebody before the money is gone.")
