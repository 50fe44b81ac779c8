"""When IAM users and roles were last used."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from auditor.model.facts import Fact, Known, Reason, Unknown, native
from auditor.model.resources import Identity
from auditor.providers.aws.authorization_details import read_details
from auditor.providers.aws.credential_report import Row, report
from auditor.wire.errors import CallFailed

if TYPE_CHECKING:
    from auditor.providers.aws.session import AwsSession

RECENT_DAYS = 90

_REPORT_DATES = ("password_last_used", "access_key_1_last_used_date", "access_key_2_last_used_date")
_NO_DATE = frozenset({"N/A", "no_information"})
"""What the report gives for a credential that does not exist, or was never used (IAM user guide, "Get credential
reports")."""


def last_used(
    session: AwsSession, location: str, identities: Sequence[Identity]
) -> Mapping[str, Mapping[str, Fact[Any]]]:
    """Roles by the details already read, users by the credential report."""
    since = datetime.fromisoformat(session.wire.since(RECENT_DAYS))
    entries = read_details(session).entries
    rows: Mapping[str, Row] | Unknown = {}
    if any(i.native_type == "AWS::IAM::User" for i in identities):
        try:
            rows = report(session)
        except CallFailed as error:
            rows = error.unknown()
    found: dict[str, Mapping[str, Fact[Any]]] = {}
    for identity in identities:
        is_user = identity.native_type == "AWS::IAM::User"
        fact = _user(rows, identity.id, since) if is_user else _role(entries[identity.id], since)
        found[identity.id] = {"last_used": fact}
    return found


def _role(entry: Mapping[str, Any], since: datetime) -> Fact[str]:
    """IAM looks back 400 days and gives no date for a role that nobody used in that time (IAM API reference,
    RoleLastUsed)."""
    used = native(entry, "RoleLastUsed.LastUsedDate", default=None)
    made = native(entry, "CreateDate")
    return _judged(used, made, since, "RoleLastUsed.LastUsedDate", "CreateDate")


def _user(rows: Mapping[str, Row] | Unknown, arn: str, since: datetime) -> Fact[str]:
    if isinstance(rows, Unknown):
        return rows
    if arn not in rows:  # made since the report was
        return Unknown(Reason.ABSENT, "credential report")
    dates: list[datetime] = []
    for name in _REPORT_DATES:
        date = _date(rows[arn], name)
        if isinstance(date, Unknown):
            return date
        if date.value is not None:
            dates.append(date.value)
    return _judged(Known(max(dates, default=None)), _date(rows[arn], "user_creation_time"), since, *_IN_REPORT)


_IN_REPORT = ("last used", "user_creation_time")


def _date(row: Row, name: str) -> Fact[datetime | None]:
    text = native(row, name)
    if isinstance(text, Unknown) or text.value in _NO_DATE:
        return text.map(lambda _: None)
    try:
        date = datetime.fromisoformat(text.value)
    except ValueError:
        return Unknown(Reason.UNRECOGNISED, name)
    return Unknown(Reason.UNRECOGNISED, name) if date.tzinfo is None else Known(date)


def _judged(
    used: Fact[datetime | None], made: Fact[datetime | None], since: datetime, used_name: str, made_name: str
) -> Fact[str]:
    """Something new is not called unused."""
    if isinstance(used, Unknown):
        return used
    if used.value is not None:
        return Known("recently" if used.value >= since else "long ago", {used_name: used.value.isoformat()})
    if isinstance(made, Unknown) or made.value is None:
        return made if isinstance(made, Unknown) else Unknown(Reason.ABSENT, made_name)
    shown = {used_name: None, made_name: made.value.isoformat()}
    return Known("recently" if made.value >= since else "never", shown)
