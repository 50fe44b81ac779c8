"""SageMaker Studio domains."""

from __future__ import annotations

from typing import TYPE_CHECKING

from auditor.model.resources import Workspace
from auditor.providers.base import Collector

if TYPE_CHECKING:
    from auditor.providers.aws.session import AwsSession

COLLECTORS: tuple[Collector[Workspace, AwsSession], ...] = ()
