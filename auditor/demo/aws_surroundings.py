"""The demo's AWS account: networks, storage, images and logs around AI."""

from __future__ import annotations

from collections.abc import Mapping

from auditor.demo.aws_made import Client, Made, Writer


def seed(client: Client, made: Made) -> None:
    """What moto can hold."""


WRITERS: Mapping[str, Writer] = {}
"""What moto lacks or gets wrong."""
