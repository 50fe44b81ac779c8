"""What the guardrails of the demo's AWS account filter."""

from __future__ import annotations

from auditor.demo.aws_made import Body

_HARMS = ("HATE", "INSULTS", "SEXUAL", "VIOLENCE", "MISCONDUCT")


def _filter(kind: str, prompts: str, answers: str) -> Body:
    return {
        "type": kind,
        "inputStrength": prompts,
        "outputStrength": answers,
        "inputAction": "BLOCK",
        "outputAction": "BLOCK",
        "inputEnabled": True,
        "outputEnabled": True,
    }


CLAIMS_POLICIES: Body = {
    "contentPolicy": {
        "filters": [*(_filter(kind, "HIGH", "HIGH") for kind in _HARMS), _filter("PROMPT_ATTACK", "HIGH", "NONE")]
    },
    "topicPolicy": {
        "topics": [
            {
                "name": "legal-advice",
                "definition": "Advice on how to act in a lawsuit about a claim.",
                "type": "DENY",
                "inputAction": "BLOCK",
                "outputAction": "BLOCK",
            }
        ]
    },
    "sensitiveInformationPolicy": {
        "piiEntities": [
            {"type": kind, "action": "ANONYMIZE", "outputAction": "ANONYMIZE", "outputEnabled": True}
            for kind in ("EMAIL", "PHONE", "INTERNATIONAL_BANK_ACCOUNT_NUMBER")
        ]
    },
    "contextualGroundingPolicy": {
        "filters": [
            {"type": "GROUNDING", "threshold": 0.75, "action": "BLOCK", "enabled": True},
            {"type": "RELEVANCE", "threshold": 0.5, "action": "BLOCK", "enabled": True},
        ]
    },
}
DRAFT_POLICIES: Body = {
    "contentPolicy": {
        "filters": [
            _filter("HATE", "MEDIUM", "MEDIUM"),
            _filter("VIOLENCE", "MEDIUM", "LOW"),
            _filter("PROMPT_ATTACK", "LOW", "NONE"),
        ]
    }
}
"""A first try for the intranet that was never published."""
