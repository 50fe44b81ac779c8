"""References from one AWS resource to another."""

from __future__ import annotations

from collections.abc import Iterable

from auditor.model.resources import Ref
from auditor.model.scope import Provider


def owner_of(arn: str) -> str:
    """The account in an ARN; empty where it names none."""
    return "".join(arn.split(":")[4:5])


def role_ref(arn: str) -> Ref:
    return Ref("Identity", Provider.AWS, owner_of(arn), arn)


def model_ref(arn: str) -> Ref:
    return Ref("Model", Provider.AWS, owner_of(arn), arn)


def distinct(refs: Iterable[Ref]) -> tuple[Ref, ...]:
    """Each once, in an order that depends on nothing else."""
    return tuple(sorted(set(refs), key=lambda ref: ref.id))
