"""What can go wrong between a collector and a provider."""

from __future__ import annotations

from auditor.model.facts import Reason, Unknown
from auditor.wire.calls import Call


class WireError(Exception):
    """Base of the errors raised by the wire."""


class WriteBlocked(WireError):
    """A request that no collector declares was stopped before anything was sent."""


class MalformedResponse(WireError):
    """A successful status with a body that is not what the API documents."""


class ReplayMiss(WireError):
    """A replayed run asked something the recording does not hold. A defect, never an empty answer."""


class CallFailed(WireError):
    """A declared call did not give a usable answer. Carries everything a finding may say about it."""

    def __init__(self, call: Call, reason: Reason, code: str = "", note: str = "") -> None:
        super().__init__(f"{call.key}: {reason}{f' ({code})' if code else ''}")
        self.call = call
        self.reason = reason
        self.code = code
        self.note = note
        """Our own words on what stands in the way, where no permission would help."""

    def unknown(self, calls: tuple[str, ...] = ()) -> Unknown:
        permissions = self.call.permissions if self.reason is Reason.DENIED and not self.note else ()
        detail = f"{self.call.key}: {self.note}" if self.note else self.call.key
        return Unknown(self.reason, detail, calls, permissions)
