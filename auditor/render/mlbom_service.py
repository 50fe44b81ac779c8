"""What the facts of a service say about the two questions that CycloneDX asks of it: three-valued, like the facts."""

from __future__ import annotations

from typing import Any

from auditor.model.scope import Provider
from auditor.render.mlbom_estate import Part

_ASKS = {"cloud identity": True, "token issuer": True, "authenticated only": True, "none": False}


def authenticated(part: Part) -> bool | None:
    """Every caller must prove who it is; none where that is not known."""
    if part.kind in ("Endpoint", "AiService"):
        return _not(_known(part, "anonymous"))
    if part.kind == "AgentRuntime":
        return _ASKS.get(_known(part, "authentication") or "")
    if part.kind == "AgentGateway":
        return _ASKS.get(_known(part, "authorization") or "")
    if part.kind == "Function":
        return _not(_known(part, "open_url"))
    if part.kind == "FrontDoor":
        return _not(_known(part, "open_routes"))
    return None


def crosses_boundary(part: Part) -> bool | None:
    """Using it crosses a boundary of trust: it answers the internet, or callers of other accounts.

    One known way in decides. That there is none is said only where the public address is known to be off: the
    runtime APIs of AWS keep theirs, whatever private ways there are beside it.
    """
    ways_in = (
        _known(part, "anonymous"),
        _known(part, "public_policy"),
        _known(part, "open_url"),
        _known(part, "public"),
        _known(part, "invoked_across_accounts"),
        _not(_known(part, "private_access")),
        _not(_known(part, "private_endpoint")),
    )
    if any(ways_in):
        return True
    if part.kind == "FrontDoor":
        public: bool | None = _known(part, "public")
        return public
    if part.kind == "Endpoint" and part.provider != Provider.AWS and _known(part, "private_access"):
        return False
    return None


def _known(part: Part, name: str) -> Any:
    """The value of a fact, or none where it is not known or the kind does not have it."""
    return part.facts.get(name, {}).get("value")


def _not(value: Any) -> bool | None:
    return None if value is None else not value
