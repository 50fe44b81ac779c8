"""AWS Lambda functions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from auditor.model.resources import Function
from auditor.providers.base import Collector

if TYPE_CHECKING:
    from auditor.providers.aws.session import AwsSession

COLLECTORS: tuple[Collector[Function, AwsSession], ...] = ()
