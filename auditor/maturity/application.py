"""Application: models, agents and endpoints in use, and how abuse of them is noticed."""

from __future__ import annotations

from auditor.maturity.rows import row
from auditor.model.maturity import Measurement, Practice

PRACTICES: tuple[Practice, ...] = (
    row(
        "APP-1.1",
        "Model and agent invocations are logged",
        "Prompt abuse, data leaks and extraction leave traces only in invocation logs. "
        "Without them there is no case to study.",
        critical=True,
    ),
    row(
        "APP-1.2",
        "Threat detection is on in every used region",
        "Attackers prefer regions nobody watches, often to run costly GPU jobs. "
        "Managed detection needs no rules of yours to start.",
    ),
    row(
        "APP-1.3",
        "Platforms and runtimes are supported versions",
        "Out-of-support notebook images and runtimes get no security fixes, and their flaws are public.",
    ),
    row(
        "APP-1.4",
        "AI spend has a budget with an alert",
        "Stolen keys and runaway agents show up first on the bill. "
        "A budget alert is the cheapest abuse detector there is.",
    ),
    row(
        "APP-2.1",
        "Every inference front door has rate limits and quotas",
        "Without limits a single caller can exhaust capacity, run up cost or query a model until it is copied.",
    ),
    row(
        "APP-2.2",
        "A web application firewall protects public inference APIs",
        "Public APIs are scanned constantly. A WAF removes known attacks and bots before they reach the model.",
    ),
    row(
        "APP-2.3",
        "Every generative deployment and agent has a content guardrail attached",
        "A model answers whatever it is asked unless something checks both sides. "
        "A guardrail is the one control that sees the text itself.",
        critical=True,
    ),
    row(
        "APP-2.4",
        "Images and dependencies are scanned",
        "ML containers carry hundreds of packages and native libraries. "
        "Scanning shows which of them are known to be vulnerable.",
    ),
    row(
        "APP-2.5",
        "AI metrics and security findings reach someone",
        "A finding that stays in a console helps nobody. Routing to a person or SIEM is what starts a response.",
    ),
    row(
        "APP-3.1",
        "Every production endpoint has a drift monitor that ran recently",
        "Inputs change and attackers steer them. A monitor that runs shows when a model no longer behaves as approved.",
    ),
    row(
        "APP-3.2",
        "Prompt injection and invalid input are blocked, not only reported",
        "Injected instructions turn a helpful agent against its owner. A filter in detect mode only watches it happen.",
    ),
    row(
        "APP-3.3",
        "Model output is checked for leakage and grounding",
        "Models repeat personal data from training, context and retrieval. "
        "An output filter is the last chance to stop it.",
    ),
    row(
        "APP-3.4",
        "Posture rules run continuously on AI resources and remediate drift",
        "A secure setting lasts until the next change. Continuous rules find drift in minutes and can reverse it.",
    ),
    row(
        "APP-3.5",
        "Models are released in a controlled way with rollback",
        "A bad model version can do harm in seconds. "
        "Staged traffic and an automatic way back limit how many users it reaches.",
    ),
    row(
        "APP-4.1",
        "Threat detection covers AI-specific attacks",
        "Model theft, prompt abuse and poisoned pipelines look normal to general detectors. "
        "AI plans know their patterns.",
    ),
    row(
        "APP-4.2",
        "Guardrails cannot be bypassed",
        "A guardrail that callers may omit protects only the polite ones. "
        "Policy must refuse calls and deployments without it.",
        critical=True,
    ),
    row(
        "APP-4.3",
        "Each caller's behavior has a baseline",
        "Model extraction is many valid calls in an unusual pattern. "
        "Only a baseline for each caller makes the pattern stand out.",
        measurement=Measurement.AUTOMATED_AND_ATTESTED,
    ),
    row(
        "APP-4.4",
        "Models were evaluated for safety and attacks in the last 180 days",
        "Settings show that a filter exists, not that it holds. "
        "Adversarial evaluation shows what a determined user can still do.",
        measurement=Measurement.AUTOMATED_AND_ATTESTED,
    ),
    row(
        "APP-4.5",
        "Agents are contained by private runtimes, approved tools and human confirmation",
        "An agent will be tricked sooner or later. "
        "What matters then is which networks, tools and irreversible acts it can reach.",
        measurement=Measurement.AUTOMATED_AND_ATTESTED,
    ),
    row(
        "APP-4.6",
        "AI incident playbooks are exercised",
        "Nobody improvises well when a model leaks data. "
        "Rehearsal shows who can take an endpoint down and how evidence is kept.",
        measurement=Measurement.ATTESTED,
    ),
)
