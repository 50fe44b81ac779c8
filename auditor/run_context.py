"""Who ran the tool, in which version and with which parameters: what an auditor asks of any system-made evidence."""

from __future__ import annotations

import getpass
import hashlib
import os
import platform
from dataclasses import asdict
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import Any

from auditor.settings import Settings

PACKAGES = (
    "boto3",
    "botocore",
    "requests",
    "azure-identity",
    "azure-core",
    "azure-ai-ml",
    "azure-mgmt-resource",
    "google-auth",
    "google-cloud-aiplatform",
    "google-cloud-resource-manager",
    "detect-secrets",
)
"""What takes part in reading, and so in what was read."""
NOT_CODE = frozenset({"_bundled", "__pycache__", "demo"})
"""Checks have digests of their own, templates judge nothing, and the demo is data."""


def run_context(settings: Settings) -> dict[str, Any]:
    """Of a run that begins on this machine, as plain data. Secrets of the settings are named, never given."""
    return {
        "operator": operator(),
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.machine()}",
        "packages": {name: version for name in PACKAGES if (version := _version(name))},
        "parameters": parameters(settings),
    }


def operator() -> str:
    """``AUDITOR_OPERATOR`` where it is set, as by a pipeline that names who started it; otherwise the system's user."""
    if named := os.environ.get("AUDITOR_OPERATOR", "").strip():
        return named
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return "not known"


def parameters(settings: Settings) -> dict[str, Any]:
    """What decides what is read and how it is judged."""
    aws = asdict(settings.aws)
    aws["external_id"] = "given, not kept" if settings.aws.external_id else ""
    return {
        "clouds": [str(cloud) for cloud in settings.clouds],
        "aws": _given(aws),
        "azure": _given(asdict(settings.azure)),
        "gcp": _given(asdict(settings.gcp)),
        "checks": list(settings.checks),
        "layers": list(settings.layers),
        "frameworks": list(settings.frameworks),
        "check_folders": [folder.name for folder in settings.check_folders],
        "history_days": settings.history_days,
        "tags": _given(asdict(settings.derive)),
    }


@cache
def code_digest() -> str:
    """SHA-256 over the files of the package that take part in judging: equal code judges a recording equally."""
    root = Path(__file__).parent
    total = hashlib.sha256()
    for path in sorted(p for p in root.rglob("*") if p.is_file() and p.suffix != ".pyc"):
        name = path.relative_to(root)
        if NOT_CODE.isdisjoint(name.parts):
            total.update(f"{name.as_posix()} {hashlib.sha256(path.read_bytes()).hexdigest()}\n".encode())
    return total.hexdigest()


def _given(options: dict[str, Any]) -> dict[str, Any]:
    return {name: list(value) if isinstance(value, tuple) else value for name, value in options.items() if value}


def _version(package: str) -> str:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return ""
