"""Identity: who and what may act on AI resources."""

from __future__ import annotations

from auditor.maturity.rows import row
from auditor.model.maturity import Measurement, Practice

PRACTICES: tuple[Practice, ...] = (
    row(
        "ID-1.1",
        "AI workloads run as a cloud identity",
        "Code that has no role of its own is given keys instead, and keys in notebooks and images leak. "
        "An attached identity gets short-lived credentials and shows up in the audit trail.",
    ),
    row(
        "ID-1.2",
        "Human users and root or global administrators sign in with MFA",
        "A stolen password is the cheapest way into an AI account. A second factor stops most of those sign-ins.",
    ),
    row(
        "ID-1.3",
        "No model, agent or API in front of one can be invoked anonymously",
        "An open inference endpoint lets anyone spend your budget, copy the model's behavior and read what it knows.",
        critical=True,
    ),
    row(
        "ID-1.4",
        "No AI runtime identity holds owner or administrator rights",
        "A notebook or agent with administrator rights turns one injected prompt or bad package into account takeover.",
        critical=True,
    ),
    row(
        "ID-2.1",
        "AI roles grant only the actions and resources they need",
        "Service-wide wildcards let a training role delete models or read other teams' data. "
        "Narrow grants keep a compromised job inside its own task.",
    ),
    row(
        "ID-2.2",
        "Each workload class has its own identity",
        "When notebooks, training and inference share one role, a weakness in any of them opens all of them, "
        "and the logs cannot tell them apart.",
    ),
    row(
        "ID-2.3",
        "No long-lived credentials reach AI services",
        "Static keys outlive the person or job they were made for and work from anywhere. "
        "Federation and managed identities leave nothing to steal for long.",
    ),
    row(
        "ID-2.4",
        "AI permissions unused for 90 days are removed",
        "Rights that nobody uses help only an attacker. Last-used data shows which ones can go without breaking work.",
    ),
    row(
        "ID-2.5",
        "Human access is federated and attributable to one person",
        "A shared notebook or local user hides who trained, changed or copied a model. "
        "Federation ties each session to a person and ends when the person leaves.",
    ),
    row(
        "ID-2.6",
        "ML compute offers no root or shell escape",
        "Root on a notebook, an open shell into a job or an old metadata service turns user code into host control "
        "and exposes the role's credentials.",
    ),
    row(
        "ID-3.1",
        "Trust relationships carry conditions",
        "A role that trusts a whole service, account or token issuer can be borrowed by someone else's workload. "
        "Source and subject conditions close that path.",
    ),
    row(
        "ID-3.2",
        "Permission ceilings bound what AI identities can ever be granted",
        "One careless grant should not be able to undo every other rule. Organization policies and permission "
        "boundaries cap the damage whatever a local administrator does.",
    ),
    row(
        "ID-3.3",
        "External and unused access is analyzed continuously with no open AI finding",
        "Grants drift between reviews. "
        "An analyzer that always runs finds the public model or idle role the day it appears.",
    ),
    row(
        "ID-3.4",
        "IAM policy changes are validated in CI/CD",
        "A policy error is cheapest to fix before it is deployed. "
        "A pipeline check also leaves a record of who approved it.",
        measurement=Measurement.AUTOMATED_AND_ATTESTED,
    ),
    row(
        "ID-4.1",
        "Access to AI resources depends on attributes",
        "Static role lists cannot keep up with many projects and models. Tag conditions make access follow "
        "the project and the data class without a rewrite.",
    ),
    row(
        "ID-4.2",
        "Privileged access is granted just in time and never stands",
        "An administrator session that is always open is a target at all hours. Time-boxed elevation shortens "
        "the exposure and records the reason.",
    ),
    row(
        "ID-4.3",
        "Agents have their own identity and enforced tool authorization",
        "An agent that borrows a user's or a shared identity can do whatever that identity can. "
        "Its own identity makes tool rights narrow and its actions attributable.",
    ),
    row(
        "ID-4.4",
        "Access is context-aware and verified continuously",
        "A valid token used from the wrong place or long after sign-in is how stolen sessions work. "
        "Network, organization and session-age conditions make the token useless there.",
    ),
)
