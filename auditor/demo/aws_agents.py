"""The demo's AWS account: agent runtimes, gateways, stores and tools."""

from __future__ import annotations

from collections.abc import Mapping

from auditor.demo.aws_made import Client, Made, Writer


def seed(client: Client, made: Made) -> None:
    """What moto can hold."""


WRITERS: Mapping[str, Writer] = {}
"""What moto lacks or gets wrong."""
