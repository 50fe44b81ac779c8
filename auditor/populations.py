"""What belongs to a kind in a run, where that is less than everything of the kind in an account."""

from __future__ import annotations

from collections.abc import Mapping

_WHERE_AI_IS = (
    "AWS: looked for in the regions where an AI resource was found, where a model was called, or where neither could "
    "be ruled out."
)
_WHERE_DATA_IS = (
    "AWS: looked for in the regions where an AI resource or a bucket was found, where a model was called, or where "
    "none of that could be ruled out."
)


def definitions(history_days: int) -> Mapping[str, str]:
    """Definitions of populations by kind; kinds that are not here are read completely."""
    around = dict.fromkeys(
        (
            "Function",
            "FrontDoor",
            "ImageRepository",
            "Network",
            "Oversight",
            "PrivateEndpoint",
            "ResourceIndex",
            "Secret",
            "ThreatDetection",
            "WebFirewall",
        ),
        _WHERE_AI_IS,
    )
    return {
        **around,
        "Key": _WHERE_DATA_IS,
        "Job": (
            f"Jobs created in the {history_days} days before the run began (history_days sets the number). Jobs that "
            "differ in nothing that is judged are one resource, named after the newest; the fact runs says how many."
        ),
        "LogStore": f"Those that are named for AI or receive its logs or an audit trail. {_WHERE_AI_IS}",
        "Prompt": _WHERE_AI_IS,
        "Guardrail": _WHERE_AI_IS,
        "Monitor": _WHERE_AI_IS,
        "Workforce": _WHERE_AI_IS,
    }
