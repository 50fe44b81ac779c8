"""How IAM users sign in, from the account's credential report."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from auditor.model.facts import Fact, Known, Reason, Unknown, native
from auditor.model.resources import Identity
from auditor.model.scope import GLOBAL
from auditor.providers.aws.shared_calls import aws_call
from auditor.wire.errors import CallFailed

if TYPE_CHECKING:
    from auditor.providers.aws.session import AwsSession

GENERATE_REPORT = aws_call("iam", "GenerateCredentialReport", expects=("State",))
GET_REPORT = aws_call("iam", "GetCredentialReport", expects=("Content", "ReportFormat"))

_TRIES = 20
_FIRST_PAUSE, _LONGEST_PAUSE = 0.25, 4.0
"""Seconds. IAM needs longer the more users there are; a report younger than four hours is given again at once."""
_COLUMNS = frozenset({"arn", "password_enabled", "mfa_active", "access_key_1_active", "access_key_2_active"})
_YES_NO = {"true": True, "false": False}

Row = Mapping[str, str]


def sign_in(
    session: AwsSession, location: str, identities: Sequence[Identity]
) -> Mapping[str, Mapping[str, Fact[Any]]]:
    """Roles have neither a password nor keys of their own; users are looked up in the report."""
    try:
        rows: Mapping[str, Row] | Unknown = report(session)
    except CallFailed as error:
        rows = error.unknown()
    return {i.id: _user(i, rows) if i.native_type == "AWS::IAM::User" else _role() for i in identities}


def _role() -> Mapping[str, Fact[Any]]:
    kind = {"type": "role"}
    return {"person": Known(False, kind), "mfa": Known(False, kind), "long_lived_keys": Known((), kind)}


def _user(user: Identity, rows: Mapping[str, Row] | Unknown) -> Mapping[str, Fact[Any]]:
    if isinstance(rows, Unknown):
        return {"person": rows, "mfa": rows, "long_lived_keys": rows}
    row = rows.get(user.id)
    if row is None:  # made since the report was
        missing = Unknown(Reason.ABSENT, "credential report")
        return {"person": missing, "mfa": missing, "long_lived_keys": missing}
    return {
        "person": native(row, "password_enabled").map(_YES_NO),
        "mfa": native(row, "mfa_active").map(_YES_NO),
        "long_lived_keys": _keys(row),
    }


def _keys(row: Row) -> Fact[tuple[str, ...]]:
    names = ("access_key_1", "access_key_2")
    active: list[str] = []
    for name in names:
        fact = native(row, f"{name}_active").map(_YES_NO)
        if isinstance(fact, Unknown):
            return fact
        if fact.value:
            active.append(name)
    shown = {f"{n}_{what}": row.get(f"{n}_{what}") for n in names for what in ("active", "last_rotated")}
    return Known(tuple(active), shown)


def report(session: AwsSession) -> Mapping[str, Row]:
    """The rows by ARN."""
    return session.once("aws.credential_report", lambda: _fetch(session))


def _fetch(session: AwsSession) -> Mapping[str, Row]:
    for attempt in range(_TRIES):
        if session.again(GENERATE_REPORT, GLOBAL, attempt)["State"] == "COMPLETE":
            break
        if not session.wire.offline:
            session.wire.sleep(min(_FIRST_PAUSE * 2**attempt, _LONGEST_PAUSE))
    else:
        raise CallFailed(GENERATE_REPORT, Reason.ABSENT)
    content = session.call(GET_REPORT, GLOBAL)["Content"]
    reader = csv.DictReader(io.StringIO(content.decode("utf-8")))
    if not _COLUMNS.issubset(reader.fieldnames or ()):
        raise CallFailed(GET_REPORT, Reason.MALFORMED)
    return {row["arn"]: row for row in reader}
