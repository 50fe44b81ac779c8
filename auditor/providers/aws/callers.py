"""Which roles may call models and agents, for readers that ask more only of what such a role stands behind."""

from __future__ import annotations

from typing import TYPE_CHECKING

from auditor.access.aws_documents import PolicyMalformed
from auditor.access.aws_invocation import invocations, unread
from auditor.model.facts import Fact, FactUnknown, Known, Reason, Unknown
from auditor.providers.aws.authorization_details import read_details, subject_of

if TYPE_CHECKING:
    from auditor.providers.aws.session import AwsSession


def may_call_ai(session: AwsSession, role: str) -> Fact[bool]:
    """Whether the policies of a role let it call a model or an agent: that ``Identity.invokes`` is not empty."""
    return session.once(f"aws.callers.{role}", lambda: _may_call_ai(session, role))


def _may_call_ai(session: AwsSession, role: str) -> Fact[bool]:
    details = read_details(session)
    if role not in details.entries:
        return Unknown(Reason.ABSENT, "the role that is named")
    try:
        subject = subject_of(details, details.entries[role], {})
    except FactUnknown as error:
        return error.fact
    except PolicyMalformed:
        return Unknown(Reason.MALFORMED, "PolicyDocument")
    if missing := unread(subject):
        return Unknown(Reason.ABSENT, f"document of {', '.join(missing)}")
    targets = invocations(subject).targets
    return Known(bool(targets), {"may call": list(targets)})
