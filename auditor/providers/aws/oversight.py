"""The services that watch a region."""

from __future__ import annotations

from typing import TYPE_CHECKING

from auditor.model.resources import Oversight
from auditor.providers.base import Collector

if TYPE_CHECKING:
    from auditor.providers.aws.session import AwsSession

COLLECTORS: tuple[Collector[Oversight, AwsSession], ...] = ()
