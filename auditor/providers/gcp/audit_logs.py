"""Log sinks of the project (AuditLog).

Every project has the sink ``_Required``, which Google maintains: it takes all Admin Activity entries, cannot be turned
off or changed, and keeps them for 400 days in a locked log bucket. It is a sink like any other here, so a project has a
complete and immutable audit log without its owner doing anything; what other sinks add is a longer time and another
place. ``complete`` speaks of the Admin Activity entries, which are the management events of Google Cloud.

A filter is only judged where it is certain: none at all, an alternative that names the Admin Activity log, or a
conjunction that leaves it out. Any other filter, and any exclusion that is on, makes ``complete`` unknown.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from auditor.model.facts import Fact, Known, Reason, Unknown
from auditor.model.resources import AuditLog
from auditor.model.scope import GLOBAL, Provider
from auditor.providers.base import Collector, Detail, Reach
from auditor.providers.gcp.names import flag, objects, project_id, text
from auditor.providers.gcp.shared_calls import PROJECT_GET
from auditor.wire.calls import Call

if TYPE_CHECKING:
    from auditor.providers.gcp.session import GcpSession

SINKS_LIST = Call(
    provider=Provider.GCP,
    service="logging",
    operation="projects.sinks.list",
    host="logging.googleapis.com",
    path="/v2/projects/{project}/sinks",
    permissions=("logging.sinks.list",),
    items="sinks",
)
"""Never empty: ``_Required`` and ``_Default`` cannot be deleted."""

LOG_BUCKETS_LIST = Call(
    provider=Provider.GCP,
    service="logging",
    operation="projects.locations.buckets.list",
    host="logging.googleapis.com",
    path="/v2/projects/{project}/locations/-/buckets",
    permissions=("logging.buckets.list",),
    items="buckets",
)
"""Never empty either, for the same reason."""

BUCKET_GET = Call(
    provider=Provider.GCP,
    service="storage",
    operation="buckets.get",
    host="storage.googleapis.com",
    path="/storage/v1/b/{bucket}",
    permissions=("storage.buckets.get",),
    expects=("kind", "name"),
)

_ACTIVITY = r"cloudaudit\.googleapis\.com(?:/|%2F)activity"
_TAKES = re.compile(
    rf"""\s*\(?\s*(?:
        log_?id\(\s*"{_ACTIVITY}"\s*\)
        | logName\s*=\s*"?projects/[^/"\s]+/logs/{_ACTIVITY}"?
        | logName\s*:\s*"?(?:(?:projects/[^/"\s]+)?/?logs/)?cloudaudit\.googleapis\.com(?:(?:/|%2F)activity)?"?
    )\s*\)?\s*""",
    re.IGNORECASE | re.VERBOSE,
)
_LEAVES_OUT = re.compile(rf'\s*(?:NOT\s+|-)log_?id\(\s*"{_ACTIVITY}"\s*\)\s*', re.IGNORECASE)
_LOG_BUCKET = re.compile(r"logging\.googleapis\.com/projects/([^/]+)/(locations/[^/]+/buckets/[^/]+)")


def _find(session: GcpSession, location: str) -> Iterator[AuditLog]:
    for item in objects(SINKS_LIST, session.items(SINKS_LIST, GLOBAL, project=session.account.id), "name"):
        yield AuditLog(
            id=f"//logging.googleapis.com/projects/{session.account.id}/sinks/{item['name']}",
            name=item["name"],
            account=session.account,
            location=GLOBAL,
            native_type="logging.googleapis.com/LogSink",
            tags=Known({}),  # sinks have no labels
            # LogSink.disabled: a boolean without presence, so false is left out
            active=flag(item, "disabled").map({True: False, False: True}),
            complete=_complete(item),
            everywhere=Known(True),  # a project's sinks see the entries of all its locations
        )


def _complete(item: Mapping[str, Any]) -> Fact[bool]:
    chosen = takes_activity(text(item, "filter", ""))  # no filter: every entry of the project
    exclusions = objects(SINKS_LIST, item.get("exclusions", ()))
    excluding = [str(entry.get("name")) for entry in exclusions if not entry.get("disabled", False)]
    if excluding and not (isinstance(chosen, Known) and not chosen.value):
        return Unknown(Reason.UNRECOGNISED, "exclusions[].filter")
    return chosen


def takes_activity(chosen: Fact[str]) -> Fact[bool]:
    """Whether a filter lets every Admin Activity entry through."""
    if isinstance(chosen, Unknown):
        return chosen
    if not chosen.value.strip():
        return Known(True, {"filter": ""})
    if re.search(r"[()]", re.sub(r'log_?id\(\s*"[^"]*"\s*\)', "", chosen.value, flags=re.IGNORECASE)):
        return Unknown(Reason.UNRECOGNISED, "filter")
    alternatives = re.split(r"\s+OR\s+", chosen.value)
    if any(_TAKES.fullmatch(part) for part in alternatives):
        return Known(True, chosen.native)
    if len(alternatives) == 1 and any(_LEAVES_OUT.fullmatch(part) for part in re.split(r"\s+AND\s+", chosen.value)):
        return Known(False, chosen.native)
    return Unknown(Reason.UNRECOGNISED, "filter")


def _immutable(session: GcpSession, log: AuditLog) -> dict[str, Fact[Any]]:
    """The destination is a log bucket that is locked, or a bucket whose retention policy is."""
    sinks = objects(SINKS_LIST, session.items(SINKS_LIST, GLOBAL, project=session.account.id), "name")
    destination = text(next(sink for sink in sinks if sink["name"] == log.name), "destination")
    if isinstance(destination, Unknown):
        return {"immutable": destination}
    target = destination.value
    if target.startswith("storage.googleapis.com/"):
        return {"immutable": _locked_bucket(session, target.removeprefix("storage.googleapis.com/"))}
    if found := _LOG_BUCKET.fullmatch(target):
        return {"immutable": _locked_log_bucket(session, found.group(1), found.group(2))}
    if target.startswith("bigquery.googleapis.com/"):
        return {"immutable": Known(False, destination.native)}  # a dataset can be changed by those who may write it
    return {"immutable": Unknown(Reason.OUT_OF_SCOPE, "what lies behind the destination")}


def _locked_bucket(session: GcpSession, bucket: str) -> Fact[bool]:
    """A bucket without a retention policy has no such object; ``isLocked`` is left out while it is not locked."""
    body = session.call(BUCKET_GET, GLOBAL, bucket=bucket)
    return flag(body, "retentionPolicy.isLocked")


def _locked_log_bucket(session: GcpSession, project: str, path: str) -> Fact[bool]:
    if project_id(session, project) != session.account.id:
        return Unknown(Reason.OUT_OF_SCOPE, "a log bucket in another project")
    buckets = session.items(LOG_BUCKETS_LIST, GLOBAL, project=session.account.id)
    for bucket in objects(LOG_BUCKETS_LIST, buckets, "name"):
        if bucket["name"].split("/", 2)[-1] == path:
            return flag(bucket, "locked")  # a boolean without presence
    return Unknown(Reason.ABSENT, "the log bucket that the sink names")


COLLECTORS = (
    Collector(
        name="gcp.audit_logs.sinks",
        provider=Provider.GCP,
        kind=AuditLog,
        reach=Reach.ACCOUNT,
        find_calls=(SINKS_LIST,),
        find=_find,
        find_facts=("tags", "active", "complete", "everywhere"),
        details=(Detail(calls=(LOG_BUCKETS_LIST, BUCKET_GET, PROJECT_GET), facts=("immutable",), read=_immutable),),
    ),
)
