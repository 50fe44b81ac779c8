"""Log buckets of Cloud Logging (LogStore).

Every bucket of the project counts as one that holds logs about AI: entries of Vertex AI go to ``_Default`` or wherever
another sink sends them, and the Admin Activity entries, the audit trail, to ``_Required``. Which entries a sink lets
through is a filter over every entry of the project, which cannot be decided from its text.

The key of a bucket is fixed when it is made. ``_Required`` and ``_Default`` come with the project, so they have one
only where the default settings of the organization or folder named it by then (Cloud Logging guide, Configure CMEK).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from auditor.model.facts import Fact, Known, Reason, Unknown, native
from auditor.model.resources import LogStore
from auditor.model.scope import GLOBAL, Provider
from auditor.providers.base import Collector, Reach
from auditor.providers.gcp.audit_logs import LOG_BUCKETS_LIST
from auditor.providers.gcp.names import customer_key, last, local, objects, text
from auditor.providers.gcp.shared_calls import PROJECT_GET
from auditor.wire.errors import CallFailed

if TYPE_CHECKING:
    from auditor.providers.gcp.session import GcpSession

_SERVICE = "logging.googleapis.com"
_NAME = re.compile(r"projects/[^/]+/locations/([^/]+)/buckets/[^/]+")
_RECEIVES = "the sinks of a project send its entries, those of Vertex AI and the audit trail included, to its buckets"


def _find(session: GcpSession, location: str) -> Iterator[LogStore]:
    buckets = session.items(LOG_BUCKETS_LIST, GLOBAL, project=session.account.id)
    for item in objects(LOG_BUCKETS_LIST, buckets, "name"):
        found = _NAME.fullmatch(item["name"])
        if found is None:
            raise CallFailed(LOG_BUCKETS_LIST, Reason.MALFORMED)
        yield LogStore(
            id=local(session, _SERVICE, item["name"]),
            name=last(item["name"]),
            account=session.account,
            location=found.group(1),
            native_type="logging.googleapis.com/LogBucket",
            tags=Known({}),  # log buckets have no labels
            retention_days=_retention(item),
            holds_ai_logs=Known(True, {"documented": _RECEIVES}),
            # logging v2, LogBucket.cmekSettings: "If present, new log entries ... are encrypted using the CMEK key"
            **customer_key(session, text(item, "cmekSettings.kmsKeyName", "")),
        )


def _retention(item: Mapping[str, Any]) -> Fact[int | None]:
    """Every bucket has one: zero at creation stands for 30 days, which the bucket then shows (logging v2)."""
    days = native(item, "retentionDays")
    if isinstance(days, Known) and not (isinstance(days.value, int) and days.value > 0):
        return Unknown(Reason.MALFORMED, "retentionDays")
    return days


COLLECTORS = (
    Collector(
        name="gcp.log_stores.buckets",
        provider=Provider.GCP,
        kind=LogStore,
        reach=Reach.ACCOUNT,
        find_calls=(LOG_BUCKETS_LIST, PROJECT_GET),
        find=_find,
        find_facts=("tags", "retention_days", "holds_ai_logs", "encryption_key", "customer_key"),
    ),
)
