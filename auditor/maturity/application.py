"""Application: models, agents and endpoints in use, and how abuse of them is noticed."""

from __future__ import annotations

from auditor.maturity.rows import CONTEXTUAL, DIRECT, SUPPORTING, hipaa, pci, row, soc2
from auditor.model.maturity import Measurement, Practice

PRACTICES: tuple[Practice, ...] = (
    row(
        "APP-1.1",
        "Model and agent invocations are logged",
        "Prompt abuse, data leaks and extraction leave traces only in invocation logs. "
        "Without them there is no case to study.",
        soc2("CC7.2", SUPPORTING, "Invocation records are the signal in which abuse of a model first becomes visible."),
        hipaa("164.312(b)", DIRECT, "Calls to a model that may see health data are recorded with caller and time."),
        pci("10.2.1", DIRECT, "Audit logging is active on models and agents as on any other system component."),
        critical=True,
    ),
    row(
        "APP-1.2",
        "Threat detection is on in every used region",
        "Attackers prefer regions nobody watches, often to run costly GPU jobs. "
        "Managed detection needs no rules of yours to start.",
        soc2("CC7.2", DIRECT, "Managed detection watches account and workload activity for signs of attack."),
        hipaa(
            "164.308(a)(5)(ii)(B)",
            SUPPORTING,
            "Detection reports malicious software behavior on hosts and in containers.",
        ),
        hipaa(
            "164.308(a)(5)(ii)(C)",
            SUPPORTING,
            "Anomalous sign-ins to the account are among the events detection reports.",
        ),
        pci("11.5.1", DIRECT, "The detection service plays the intrusion-detection part in a cloud network."),
    ),
    row(
        "APP-1.3",
        "Platforms and runtimes are supported versions",
        "Out-of-support notebook images and runtimes get no security fixes, and their flaws are public.",
        soc2("CC7.1", SUPPORTING, "An unsupported platform version is a known vulnerability that an API can report."),
        hipaa(
            "164.308(a)(5)(ii)(B)",
            CONTEXTUAL,
            "Supported runtimes still get the fixes that malicious software exploits.",
        ),
        pci("6.3.3", SUPPORTING, "Only supported platform versions can receive the patches that must be installed."),
    ),
    row(
        "APP-1.4",
        "AI spend has a budget with an alert",
        "Stolen keys and runaway agents show up first on the bill. "
        "A budget alert is the cheapest abuse detector there is.",
        soc2("A1.1", SUPPORTING, "Spend alerts show demand on GPU and model capacity before limits are hit."),
    ),
    row(
        "APP-2.1",
        "Every inference front door has rate limits and quotas",
        "Without limits a single caller can exhaust capacity, run up cost or query a model until it is copied.",
        soc2("A1.1", SUPPORTING, "Per-caller quotas keep inference capacity available and make its use measurable."),
        soc2("CC6.6", SUPPORTING, "Throttling at the front door blunts floods that arrive from outside."),
        hipaa(
            "164.312(a)(1)",
            CONTEXTUAL,
            "Limits do not grant access but restrict how much a granted caller can extract.",
        ),
        pci("6.4.2", CONTEXTUAL, "Rate limits complement web attack prevention and cannot stand in for it."),
    ),
    row(
        "APP-2.2",
        "A web application firewall protects public inference APIs",
        "Public APIs are scanned constantly. A WAF removes known attacks and bots before they reach the model.",
        soc2("CC6.6", DIRECT, "A firewall attached to the public API acts against threats at the boundary."),
        hipaa(
            "164.312(a)(1)", CONTEXTUAL, "Filtering hostile requests protects the access checks of the API behind it."
        ),
        pci("6.4.2", DIRECT, "An attached firewall in blocking mode is the automated solution for public web apps."),
    ),
    row(
        "APP-2.3",
        "Every generative deployment and agent has a content guardrail attached",
        "A model answers whatever it is asked unless something checks both sides. "
        "A guardrail is the one control that sees the text itself.",
        soc2("CC6.8", SUPPORTING, "Guardrails screen text that tries to make an agent run unintended instructions."),
        soc2("PI1.2", SUPPORTING, "An attached guardrail checks prompts before they count as valid input."),
        soc2("PI1.4", SUPPORTING, "Answers pass the guardrail before delivery, so unsuitable output is withheld."),
        pci("6.2.4", CONTEXTUAL, "A runtime filter softens injection attacks but says nothing on how code is written."),
        critical=True,
    ),
    row(
        "APP-2.4",
        "Images and dependencies are scanned",
        "ML containers carry hundreds of packages and native libraries. "
        "Scanning shows which of them are known to be vulnerable.",
        soc2("CC6.8", SUPPORTING, "Image scans detect malicious or unauthorized packages before containers run."),
        soc2("CC7.1", DIRECT, "Continuous scanning discovers newly published vulnerabilities in ML images."),
        hipaa(
            "164.308(a)(5)(ii)(B)",
            SUPPORTING,
            "Scanned images are less likely to bring malicious packages onto training hosts.",
        ),
        pci("6.3.1", SUPPORTING, "Scanner findings come with a severity, an input to your own ranking."),
        pci("6.3.2", SUPPORTING, "Package lists from image scans feed the inventory of third-party components."),
        pci("6.3.3", SUPPORTING, "Open scanner findings show which container fixes are still missing."),
        pci("11.3.1", SUPPORTING, "Registry scanning covers containers, one part of the internal scan program."),
    ),
    row(
        "APP-2.5",
        "AI metrics and security findings reach someone",
        "A finding that stays in a console helps nobody. Routing to a person or SIEM is what starts a response.",
        soc2("CC4.2", SUPPORTING, "A routing rule with a target shows findings are sent on to those responsible."),
        soc2("CC7.2", DIRECT, "Alarms on AI metrics turn monitored values into notice of an anomaly."),
        soc2("CC7.3", SUPPORTING, "Routed findings give analysts the events they must evaluate."),
        hipaa(
            "164.308(a)(6)(ii)", SUPPORTING, "A delivered alarm is the first step in identifying a suspected incident."
        ),
        pci("10.4.1.1", SUPPORTING, "Alarm and export rules automate part of the audit log review."),
        pci("12.10.5", SUPPORTING, "Alert routes exist for AI findings that the response plan has to cover."),
    ),
    row(
        "APP-3.1",
        "Every production endpoint has a drift monitor that ran recently",
        "Inputs change and attackers steer them. A monitor that runs shows when a model no longer behaves as approved.",
        soc2("CC7.2", SUPPORTING, "A sudden drift in inputs can be the trace of manipulation or misuse."),
        soc2("PI1.3", SUPPORTING, "Quality monitors show whether processing still meets its stated goals."),
    ),
    row(
        "APP-3.2",
        "Prompt injection and invalid input are blocked, not only reported",
        "Injected instructions turn a helpful agent against its owner. A filter in detect mode only watches it happen.",
        soc2("CC6.8", SUPPORTING, "Blocking injected instructions prevents them from acting like foreign code."),
        soc2("PI1.2", SUPPORTING, "Schema validation and attack filters reject input that is not acceptable."),
        pci("6.2.4", CONTEXTUAL, "Prompt-attack filters address one modern injection class outside of secure coding."),
    ),
    row(
        "APP-3.3",
        "Model output is checked for leakage and grounding",
        "Models repeat personal data from training, context and retrieval. "
        "An output filter is the last chance to stop it.",
        soc2("C1.1", SUPPORTING, "Output filters keep confidential values from leaving inside an answer."),
        soc2("P6.1", CONTEXTUAL, "Masking personal data in answers avoids disclosure nobody consented to."),
        soc2("PI1.4", SUPPORTING, "Grounding checks test answers for accuracy against their source."),
        hipaa(
            "164.312(e)(2)(i)",
            CONTEXTUAL,
            "A grounding check notes answers that alter source content before they are sent.",
        ),
    ),
    row(
        "APP-3.4",
        "Posture rules run continuously on AI resources and remediate drift",
        "A secure setting lasts until the next change. Continuous rules find drift in minutes and can reverse it.",
        soc2("CC4.1", SUPPORTING, "Standing rules are ongoing evaluations of whether AI settings hold."),
        soc2("CC7.1", DIRECT, "A recorder with rules detects configuration changes that open a weakness."),
        hipaa("164.308(a)(8)", SUPPORTING, "Rule results over time feed the technical half of a periodic evaluation."),
        pci("1.2.7", CONTEXTUAL, "Rule history on security groups is material for the half-yearly review."),
        pci("11.5.2", SUPPORTING, "Configuration recording notices changes to AI resources, though not to host files."),
    ),
    row(
        "APP-3.5",
        "Models are released in a controlled way with rollback",
        "A bad model version can do harm in seconds. "
        "Staged traffic and an automatic way back limit how many users it reaches.",
        soc2("CC8.1", SUPPORTING, "Staged rollout with rollback shows that model changes are tested and reversible."),
        hipaa(
            "164.312(c)(1)",
            CONTEXTUAL,
            "Rollback restores the approved model when a release corrupts processing of records.",
        ),
        pci("6.5.1", SUPPORTING, "A rollback setting is the back-out part of a documented production change."),
    ),
    row(
        "APP-4.1",
        "Threat detection covers AI-specific attacks",
        "Model theft, prompt abuse and poisoned pipelines look normal to general detectors. "
        "AI plans know their patterns.",
        soc2("CC7.2", DIRECT, "Detection tuned to AI services finds anomalies that general plans overlook."),
        hipaa(
            "164.308(a)(1)(ii)(D)",
            SUPPORTING,
            "AI findings give the activity review a ranked list of suspicious model use.",
        ),
        pci("11.5.1", SUPPORTING, "The AI plan extends intrusion detection to model calls and agent actions."),
    ),
    row(
        "APP-4.2",
        "Guardrails cannot be bypassed",
        "A guardrail that callers may omit protects only the polite ones. "
        "Policy must refuse calls and deployments without it.",
        soc2("CC5.2", SUPPORTING, "Denying unguarded calls by policy is a preventive control set above each team."),
        soc2("CC6.8", SUPPORTING, "Enforced guardrails prevent unreviewed model deployments from coming into use."),
        soc2("PI1.2", SUPPORTING, "No prompt reaches a model without validation once the filter is mandatory."),
        pci("6.2.4", CONTEXTUAL, "Mandatory filters make runtime attack mitigation uniform across applications."),
        critical=True,
    ),
    row(
        "APP-4.3",
        "Each caller's behavior has a baseline",
        "Model extraction is many valid calls in an unusual pattern. "
        "Only a baseline for each caller makes the pattern stand out.",
        soc2("CC7.2", SUPPORTING, "A baseline per caller makes extraction attempts stand out as anomalies."),
        hipaa(
            "164.308(a)(1)(ii)(D)",
            SUPPORTING,
            "Scheduled queries per principal are a regular review of system activity.",
        ),
        pci("10.4.1.1", SUPPORTING, "Anomaly rules on invocation logs automate review of calls per account."),
        measurement=Measurement.AUTOMATED_AND_ATTESTED,
    ),
    row(
        "APP-4.4",
        "Models were evaluated for safety and attacks in the last 180 days",
        "Settings show that a filter exists, not that it holds. "
        "Adversarial evaluation shows what a determined user can still do.",
        soc2("CC4.1", SUPPORTING, "Adversarial runs are separate evaluations of whether model controls function."),
        hipaa(
            "164.308(a)(8)", CONTEXTUAL, "Recent evaluation runs show how model safeguards were tested after changes."
        ),
        measurement=Measurement.AUTOMATED_AND_ATTESTED,
    ),
    row(
        "APP-4.5",
        "Agents are contained by private runtimes, approved tools and human confirmation",
        "An agent will be tricked sooner or later. "
        "What matters then is which networks, tools and irreversible acts it can reach.",
        soc2("CC6.3", SUPPORTING, "Approved tools and confirmation steps keep a misled agent within its duties."),
        soc2("CC6.6", SUPPORTING, "A private agent runtime leaves outsiders no direct route to its tools."),
        hipaa(
            "164.312(a)(1)", CONTEXTUAL, "Confirmation before risky acts limits what an agent does with access it has."
        ),
        pci("7.2.5", SUPPORTING, "Tool approval holds an agent's account to actions its system needs."),
        measurement=Measurement.AUTOMATED_AND_ATTESTED,
    ),
    row(
        "APP-4.6",
        "AI incident playbooks are exercised",
        "Nobody improvises well when a model leaks data. "
        "Rehearsal shows who can take an endpoint down and how evidence is kept.",
        soc2("CC7.4", SUPPORTING, "An exercise record shows that people can carry out the response to an AI incident."),
        soc2("CC7.5", SUPPORTING, "Playbooks for poisoned or leaked models include the way back to normal service."),
        hipaa("164.308(a)(6)(ii)", SUPPORTING, "Rehearsed playbooks show how AI incidents are handled and written up."),
        pci("12.10.2", SUPPORTING, "A dated AI scenario can be one of the tests of the response plan."),
        measurement=Measurement.ATTESTED,
    ),
)
