"""Identity: who and what may act on AI resources."""

from __future__ import annotations

from auditor.maturity.rows import CONTEXTUAL, DIRECT, SUPPORTING, hipaa, pci, row, soc2
from auditor.model.maturity import Measurement, Practice

PRACTICES: tuple[Practice, ...] = (
    row(
        "ID-1.1",
        "AI workloads run as a cloud identity",
        "Code that has no role of its own is given keys instead, and keys in notebooks and images leak. "
        "An attached identity gets short-lived credentials and shows up in the audit trail.",
        soc2("CC6.1", SUPPORTING, "A workload with its own identity can be authenticated before it reaches AI assets."),
        hipaa(
            "164.312(a)(1)", SUPPORTING, "Access can be limited to permitted software only if each job has an identity."
        ),
        pci("7.2.5", SUPPORTING, "Application accounts must exist before their rights can be assigned and kept small."),
    ),
    row(
        "ID-1.2",
        "Human users and root or global administrators sign in with MFA",
        "A stolen password is the cheapest way into an AI account. A second factor stops most of those sign-ins.",
        soc2("CC6.1", DIRECT, "Strong authentication of people is part of the logical access this criterion asks for."),
        hipaa(
            "164.312(d)", DIRECT, "A second factor is how the account verifies that a person is who they claim to be."
        ),
        pci("8.3.1", SUPPORTING, "MFA status shows that at least one authentication factor guards each human user."),
        pci("8.4.1", DIRECT, "Root and global administrators are read for MFA, which is the administrator case here."),
        pci("8.4.2", DIRECT, "Every interactive user of the account is read for MFA, not only administrators."),
    ),
    row(
        "ID-1.3",
        "No model, agent or API in front of one can be invoked anonymously",
        "An open inference endpoint lets anyone spend your budget, copy the model's behavior and read what it knows.",
        soc2("CC6.1", DIRECT, "Requiring a caller identity on each model and agent is access control over the asset."),
        soc2("CC6.6", DIRECT, "Anonymous callers come from outside the boundary, and authentication turns them away."),
        hipaa(
            "164.312(a)(1)", DIRECT, "An endpoint without anonymous access answers only callers that were granted it."
        ),
        pci("7.3.3", DIRECT, "With no public grant on a model or agent, an unknown caller is denied by default."),
        critical=True,
    ),
    row(
        "ID-1.4",
        "No AI runtime identity holds owner or administrator rights",
        "A notebook or agent with administrator rights turns one injected prompt or bad package into account takeover.",
        soc2("CC6.3", DIRECT, "Keeping administrator roles off runtime identities is least privilege at its coarsest."),
        hipaa(
            "164.308(a)(4)(ii)(B)",
            SUPPORTING,
            "Access granted by role is not meaningful while a job holds every right.",
        ),
        pci("7.2.2", SUPPORTING, "Administrator rights on a data scientist's notebook exceed what the job role needs."),
        pci("7.2.5", DIRECT, "Runtime identities are application accounts, and owner rights are never their minimum."),
        critical=True,
    ),
    row(
        "ID-2.1",
        "AI roles grant only the actions and resources they need",
        "Service-wide wildcards let a training role delete models or read other teams' data. "
        "Narrow grants keep a compromised job inside its own task.",
        soc2("CC6.3", DIRECT, "Roles free of service wildcards are the least-privilege design this criterion names."),
        hipaa(
            "164.308(a)(4)(ii)(C)", SUPPORTING, "Narrow role policies show how a workload's right of access was set up."
        ),
        pci(
            "7.2.2", SUPPORTING, "Policy analysis shows whether people working through AI roles get only needed rights."
        ),
        pci("7.2.5", DIRECT, "Policies of AI application accounts are read for actions beyond their function."),
    ),
    row(
        "ID-2.2",
        "Each workload class has its own identity",
        "When notebooks, training and inference share one role, a weakness in any of them opens all of them, "
        "and the logs cannot tell them apart.",
        soc2(
            "CC6.1", SUPPORTING, "Distinct identities let access to training data and to endpoints be ruled separately."
        ),
        soc2("CC6.3", DIRECT, "Separate roles per workload class segregate building a model from serving it."),
        hipaa(
            "164.308(a)(4)(ii)(C)",
            CONTEXTUAL,
            "Rights of one class can be changed alone only when roles are not shared.",
        ),
        pci("7.2.5", SUPPORTING, "An account used by several systems cannot be held to the need of any one of them."),
        pci("8.2.2", SUPPORTING, "A role reused across workload classes behaves as a shared account does for people."),
    ),
    row(
        "ID-2.3",
        "No long-lived credentials reach AI services",
        "Static keys outlive the person or job they were made for and work from anywhere. "
        "Federation and managed identities leave nothing to steal for long.",
        soc2(
            "CC6.1", DIRECT, "Replacing static keys with short-lived tokens is how credentials to assets are managed."
        ),
        hipaa(
            "164.308(a)(5)(ii)(D)",
            SUPPORTING,
            "A secret that expires within hours needs far less safeguarding than a key.",
        ),
        pci("8.3.9", SUPPORTING, "Old access keys are found by age, much as an unchanged password would be."),
        pci(
            "8.6.3", SUPPORTING, "Managed identities leave system accounts with no standing secret to misuse or rotate."
        ),
    ),
    row(
        "ID-2.4",
        "AI permissions unused for 90 days are removed",
        "Rights that nobody uses help only an attacker. Last-used data shows which ones can go without breaking work.",
        soc2("CC6.2", SUPPORTING, "Last-used dates show whether access is withdrawn once its holder stops needing it."),
        soc2("CC6.3", DIRECT, "Removing AI rights that stay unused is the ongoing half of least privilege."),
        hipaa("164.308(a)(3)(ii)(C)", SUPPORTING, "Idle AI access often belongs to people who left or changed duties."),
        pci("7.2.4", SUPPORTING, "Unused-access findings are the raw material of a half-yearly user review."),
        pci("7.2.5.1", SUPPORTING, "Last-used data on service roles feeds the periodic look at application accounts."),
        pci("8.2.6", SUPPORTING, "The 90-day window matches, though idle permissions are wider than idle accounts."),
    ),
    row(
        "ID-2.5",
        "Human access is federated and attributable to one person",
        "A shared notebook or local user hides who trained, changed or copied a model. "
        "Federation ties each session to a person and ends when the person leaves.",
        soc2(
            "CC6.1",
            SUPPORTING,
            "Sign-in through one directory gives each user of a notebook a single managed identity.",
        ),
        hipaa(
            "164.312(a)(2)(i)",
            DIRECT,
            "Federated sessions carry one person's name, so activity can be tracked to a user.",
        ),
        hipaa(
            "164.312(d)", SUPPORTING, "The directory that federates sign-in is where a person's identity gets verified."
        ),
        pci("8.2.1", DIRECT, "Per-person workspaces and federated users give every individual an id of their own."),
        pci("10.2.1", SUPPORTING, "Audit events about notebooks name a person only when the session is not shared."),
    ),
    row(
        "ID-2.6",
        "ML compute offers no root or shell escape",
        "Root on a notebook, an open shell into a job or an old metadata service turns user code into host control "
        "and exposes the role's credentials.",
        soc2("CC6.3", SUPPORTING, "Notebook users without root hold no more power on the host than their work needs."),
        hipaa(
            "164.312(a)(1)",
            SUPPORTING,
            "Without a shell on the host, a user cannot step around the access rules of a job.",
        ),
        pci("2.2.6", DIRECT, "Root access, web shells and metadata version are parameters set to prevent host misuse."),
        pci("7.2.2", SUPPORTING, "Root on managed compute is a privilege that few data science roles call for."),
    ),
    row(
        "ID-3.1",
        "Trust relationships carry conditions",
        "A role that trusts a whole service, account or token issuer can be borrowed by someone else's workload. "
        "Source and subject conditions close that path.",
        soc2("CC6.1", SUPPORTING, "Source conditions decide which service or tenant may take on an AI role at all."),
        hipaa(
            "164.312(a)(1)",
            SUPPORTING,
            "Conditioned trust keeps programs outside the intended source from gaining access.",
        ),
        pci("7.2.5", SUPPORTING, "An application account that any tenant can assume is not limited to its own system."),
    ),
    row(
        "ID-3.2",
        "Permission ceilings bound what AI identities can ever be granted",
        "One careless grant should not be able to undo every other rule. Organization policies and permission "
        "boundaries cap the damage whatever a local administrator does.",
        soc2(
            "CC5.2", SUPPORTING, "Organization-level denies are general technology controls chosen above each account."
        ),
        soc2("CC6.3", SUPPORTING, "A ceiling limits roles to their function even when a local grant is too wide."),
        hipaa(
            "164.308(a)(4)(ii)(C)",
            CONTEXTUAL,
            "Boundaries set the outer edge within which workload access may be modified.",
        ),
        pci("7.3.1", SUPPORTING, "Organization policies extend need-to-know limits across every account that runs AI."),
    ),
    row(
        "ID-3.3",
        "External and unused access is analyzed continuously with no open AI finding",
        "Grants drift between reviews. "
        "An analyzer that always runs finds the public model or idle role the day it appears.",
        soc2("CC6.3", SUPPORTING, "An empty findings list shows that excess access is found and corrected over time."),
        soc2(
            "CC7.1", SUPPORTING, "The analyzer reports policy changes that expose a model, bucket or key to outsiders."
        ),
        hipaa(
            "164.308(a)(4)(ii)(C)",
            SUPPORTING,
            "Standing analysis reviews AI rights of access between the formal reviews.",
        ),
        pci("7.2.4", SUPPORTING, "Analyzer findings give access reviewers a current list of grants to question."),
    ),
    row(
        "ID-3.4",
        "IAM policy changes are validated in CI/CD",
        "A policy error is cheapest to fix before it is deployed. "
        "A pipeline check also leaves a record of who approved it.",
        soc2(
            "CC8.1", SUPPORTING, "Deployment tags and pipeline logs show that role changes were tested before release."
        ),
        hipaa(
            "164.308(a)(4)(ii)(C)",
            CONTEXTUAL,
            "Pipeline records document how each change to a right of access came about.",
        ),
        pci("6.5.1", SUPPORTING, "A policy linter in the pipeline is one of the tests a change record should contain."),
        measurement=Measurement.AUTOMATED_AND_ATTESTED,
    ),
    row(
        "ID-4.1",
        "Access to AI resources depends on attributes",
        "Static role lists cannot keep up with many projects and models. Tag conditions make access follow "
        "the project and the data class without a rewrite.",
        soc2("CC6.3", DIRECT, "Tag conditions tie access to project and data class, so roles stay within their scope."),
        hipaa(
            "164.308(a)(4)(ii)(B)",
            SUPPORTING,
            "Attribute rules record on what basis a person is let in to a given dataset.",
        ),
        pci("7.2.1", SUPPORTING, "Conditions on tags express an access model built on need and classification."),
    ),
    row(
        "ID-4.2",
        "Privileged access is granted just in time and never stands",
        "An administrator session that is always open is a target at all hours. Time-boxed elevation shortens "
        "the exposure and records the reason.",
        soc2(
            "CC6.1", SUPPORTING, "Short elevation windows shrink the time in which privileged credentials are usable."
        ),
        soc2(
            "CC6.3", DIRECT, "With no permanent administrator, privilege is authorized for a task and then withdrawn."
        ),
        hipaa(
            "164.308(a)(4)(ii)(B)",
            SUPPORTING,
            "An elevation request is an explicit authorization for a limited period.",
        ),
        pci("7.2.2", DIRECT, "Zero standing privilege leaves each user the minimum until a task needs more."),
        pci("8.2.4", SUPPORTING, "Each elevation is a tracked change to an account's rights with its own approval."),
    ),
    row(
        "ID-4.3",
        "Agents have their own identity and enforced tool authorization",
        "An agent that borrows a user's or a shared identity can do whatever that identity can. "
        "Its own identity makes tool rights narrow and its actions attributable.",
        soc2("CC6.3", SUPPORTING, "An agent limited to its authorized tools is a role limited to its function."),
        hipaa(
            "164.312(a)(1)",
            SUPPORTING,
            "Agents are programs that may touch health data, so each needs access of its own.",
        ),
        pci("7.2.5", SUPPORTING, "Each agent is an application account whose tool rights can be read one by one."),
    ),
    row(
        "ID-4.4",
        "Access is context-aware and verified continuously",
        "A valid token used from the wrong place or long after sign-in is how stolen sessions work. "
        "Network, organization and session-age conditions make the token useless there.",
        soc2(
            "CC6.1",
            SUPPORTING,
            "Sign-in frequency and idle limits make sessions on AI consoles prove themselves again.",
        ),
        soc2("CC6.6", SUPPORTING, "Source network and organization conditions refuse valid tokens from outside."),
        hipaa(
            "164.312(a)(2)(iii)",
            SUPPORTING,
            "Idle shutdown of notebooks and agent sessions ends access after inactivity.",
        ),
        pci("8.2.8", SUPPORTING, "Idle limits on AI sessions are read, though the workstation side is not visible."),
    ),
)
