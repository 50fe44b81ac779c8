"""The machines of a job: how many, and whether their volumes take a key."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from auditor.model.facts import Fact, Known, Reason, Unknown, all_true, combine, native

_ON_EBS = frozenset(
    (
        *("c4", "c5", "c5n", "c6i", "c7i", "c7i-flex", "c8i", "c8i-flex"),
        *("m4", "m5", "m6i", "m7i", "m7i-flex", "m8i", "m8i-flex"),
        *("r5", "r6i", "r7i", "r8i", "r8i-flex"),
        *("inf1", "inf2", "p2", "p3", "t2", "t3"),
    )
)
_ON_INSTANCE_STORE = frozenset(
    (
        *("c5d", "m5d", "r5d", "g4dn", "g5", "g6", "g6e", "g7e", "trn1", "trn1n", "trn2"),
        *("p3dn", "p4d", "p4de", "p5", "p5e", "p5en", "p6-b200", "p6-b300", "p6e-gb200"),
    )
)
TAKES_KEY: Mapping[str, bool] = {**dict.fromkeys(_ON_EBS, True), **dict.fromkeys(_ON_INSTANCE_STORE, False)}
"""Families of instances and whether their volumes are EBS volumes, which take a key. Local NVMe storage encrypts itself
in hardware, and SageMaker refuses a key for it (API reference, ResourceConfig.VolumeKmsKeyId, which points to the list
"Instance store volumes" of the EC2 user guide). A family that is not here is unrecognised."""

_KINDS = ("InstanceType", "InstanceCount")


def machines(config: Mapping[str, Any], *, count: int | None = None) -> Fact[tuple[tuple[str, int], ...]]:
    """Types and numbers: of one kind, of several groups, or of that kind which SageMaker chose from preferences.

    ``count`` is the number of machines where the API documents one for a job that names none.
    """
    for groups in ("InstanceGroups", "InstanceConfigs"):
        if config.get(groups):
            return combine(lambda *found: found, *(_pair(group, *_KINDS, count) for group in config[groups]))
    if "SelectedInstanceType" in config:
        return _pair(config, "SelectedInstanceType", "SelectedInstanceCount", count).map(lambda pair: (pair,))
    if "InstanceType" in config:
        return _pair(config, *_KINDS, count).map(lambda pair: (pair,))
    return Unknown(Reason.ABSENT, "InstanceType")


def _pair(config: Mapping[str, Any], kind: str, number: str, count: int | None) -> Fact[tuple[str, int]]:
    how_many = native(config, number) if count is None else native(config, number, default=count)
    return combine(lambda *pair: pair, native(config, kind), how_many)


def takes_key(kinds: Fact[tuple[str, ...]], key: Fact[str]) -> Fact[bool]:
    """Volumes that have a key can take one; otherwise the families decide."""
    if isinstance(key, Known) and key.value:
        return key.map(bool)
    if isinstance(kinds, Unknown):
        return kinds
    return all_true(Known(_family(kind), {"InstanceType": kind}).map(TAKES_KEY) for kind in sorted(set(kinds.value)))


def _family(instance_type: str) -> str:
    return "".join(instance_type.removeprefix("ml.").split(".")[:1])


def types_of(found: Fact[tuple[tuple[str, int], ...]]) -> Fact[tuple[str, ...]]:
    return found.map(lambda pairs: tuple(kind for kind, _ in pairs))


def traffic(found: Fact[tuple[tuple[str, int], ...]], encrypted: Fact[bool]) -> Fact[bool | None]:
    """One machine has no traffic with others."""
    several = found.map(lambda pairs: sum(number for _, number in pairs) > 1)
    if isinstance(several, Known) and not several.value:
        return several.map(lambda _: None)
    return combine(lambda _, on: on, several, encrypted)
