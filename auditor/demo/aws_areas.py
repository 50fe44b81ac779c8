"""The parts that the demo's AWS account is built from, beside its core."""

from __future__ import annotations

from auditor.demo import (
    aws_agents,
    aws_compute,
    aws_delivery,
    aws_generative,
    aws_identity,
    aws_index,
    aws_jobs,
    aws_last_access,
    aws_oversight,
    aws_serving,
    aws_surroundings,
)

AREAS = (
    aws_identity,
    aws_agents,
    aws_compute,
    aws_delivery,
    aws_generative,
    aws_jobs,
    aws_oversight,
    aws_serving,
    aws_surroundings,
    aws_last_access,
    aws_index,
)
"""Identities first, what became of them and who counts everything last; each has a ``seed`` and ``WRITERS``."""
