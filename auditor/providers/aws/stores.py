"""References to the buckets that other resources name by the location of objects in them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from auditor.model.facts import Fact, Known, Reason, Unknown
from auditor.model.resources import Ref
from auditor.model.scope import Provider

if TYPE_CHECKING:
    from auditor.providers.aws.session import AwsSession

_LOCATION = re.compile(r"[sS]3://([^/]+)(/.*)?", re.DOTALL)


def bucket_ref(session: AwsSession, uri: str, field: str) -> Fact[Ref]:
    """The bucket of ``s3://bucket/key``. It may be somebody else's: following the reference shows."""
    found = _LOCATION.fullmatch(uri)
    if found is None:
        return Unknown(Reason.UNRECOGNISED, field)
    arn = f"arn:{session.partition}:s3:::{found[1]}"
    return Known(Ref("Storage", Provider.AWS, session.account.id, arn), {field: uri})
