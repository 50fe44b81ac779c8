"""What a run is asked to do: flags over ``auditor.toml`` over defaults, frozen."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from auditor import decisions
from auditor.derive.base import DeriveSettings
from auditor.errors import UsageError
from auditor.model.audit import HISTORY_DAYS
from auditor.model.check import Severity
from auditor.model.decision import Attestation, ExemptionRule
from auditor.model.scope import Provider

DEFAULT_CONFIG = Path("auditor.toml")
SESSION_NAME = "ml-posture-auditor"


@dataclass(frozen=True, slots=True)
class AwsOptions:
    profile: str = ""
    role_arn: str = ""
    external_id: str = ""
    session_name: str = SESSION_NAME
    """Shows in the CloudTrail of the account that is read."""
    regions: tuple[str, ...] = ()
    """Empty: every region enabled in the account."""


@dataclass(frozen=True, slots=True)
class AzureOptions:
    tenant: str = ""
    subscriptions: tuple[str, ...] = ()
    """Empty: every enabled subscription the credential sees."""


@dataclass(frozen=True, slots=True)
class GcpOptions:
    projects: tuple[str, ...] = ()
    """Empty: the project of the default credentials."""
    impersonate: str = ""
    quota_project: str = ""
    regions: tuple[str, ...] = ()
    """Empty: every location that Vertex AI offers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    clouds: tuple[Provider, ...] = ()
    aws: AwsOptions = AwsOptions()
    azure: AzureOptions = AzureOptions()
    gcp: GcpOptions = GcpOptions()
    checks: tuple[str, ...] = ()
    layers: tuple[str, ...] = ()
    frameworks: tuple[str, ...] = ()
    check_folders: tuple[Path, ...] = ()
    out: Path = Path("audit")
    formats: tuple[str, ...] = ("html", "json")
    record: Path | None = None
    replay: Path | None = None
    fail_on: Severity | None = None
    min_coverage: float | None = None
    history_days: int = HISTORY_DAYS
    """How far back finished jobs are read."""
    derive: DeriveSettings = DeriveSettings()
    exemptions: tuple[ExemptionRule, ...] = ()
    attestations: tuple[Attestation, ...] = ()

    @property
    def selection(self) -> dict[str, list[str]]:
        """The filters that make a run a partial one."""
        given = {"checks": self.checks, "layers": self.layers, "frameworks": self.frameworks}
        return {name: sorted(values) for name, values in given.items() if values}


def read_config(path: Path | None) -> dict[str, Any]:
    """The settings in a configuration file, as keyword arguments of Settings.

    Without a path, ``auditor.toml`` of the working folder if it exists. Unknown tables and keys are errors.
    """
    if path is None:
        if not DEFAULT_CONFIG.is_file():
            return {}
        path = DEFAULT_CONFIG
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise UsageError(f"--config {path}: {error.strerror}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError(f"{path}: not valid TOML: {error}") from None
    readers: dict[str, Callable[[Any, Path], dict[str, Any]]] = {
        "scan": _scan,
        "aws": lambda t, p: {"aws": _options(AwsOptions, t, p, "aws")},
        "azure": lambda t, p: {"azure": _options(AzureOptions, t, p, "azure")},
        "gcp": lambda t, p: {"gcp": _options(GcpOptions, t, p, "gcp")},
        "tags": _tags,
        "exemptions": lambda rows, p: {"exemptions": decisions.exemptions(rows, p)},
        "attestations": lambda rows, p: {"attestations": decisions.attestations(rows, p)},
    }
    settings: dict[str, Any] = {}
    for name, table in document.items():
        if name not in readers:
            raise UsageError(f"{path}: unknown table [{name}]", f"Known tables: {', '.join(readers)}.")
        settings.update(readers[name](table, path))
    return with_decisions(settings, settings.pop("decisions", ()))


def with_decisions(settings: Mapping[str, Any], files: Iterable[Path]) -> dict[str, Any]:
    """Settings with the exemptions and attestations of further files after their own."""
    given = {name: settings.get(name, ()) for name in ("exemptions", "attestations")}
    for file in files:
        accepted, attested = decisions.read_file(file)
        given = {
            "exemptions": (*given["exemptions"], *accepted),
            "attestations": (*given["attestations"], *attested),
        }
    return {**settings, **{name: rows for name, rows in given.items() if rows}}


def _options(kind: type[Any], table: Any, path: Path, name: str) -> Any:
    return kind(**_typed(table, {f.name: f.default for f in fields(kind)}, path, name))


def _typed(table: Any, defaults: Mapping[str, Any], path: Path, name: str) -> dict[str, Any]:
    """Values of a table, checked against the types of the defaults."""
    if not isinstance(table, dict):
        raise UsageError(f"{path}: [{name}] must be a table")
    values: dict[str, Any] = {}
    for key, value in table.items():
        if key not in defaults:
            raise UsageError(f"{path}: [{name}] has no setting {key!r}", f"Known: {', '.join(sorted(defaults))}.")
        default = defaults[key]
        if isinstance(default, tuple):
            if not isinstance(value, list) or not all(isinstance(v, str) for v in value):
                raise UsageError(f"{path}: {name}.{key} must be a list of strings")
            value = tuple(value)
        elif isinstance(default, str) and not isinstance(value, str):
            raise UsageError(f"{path}: {name}.{key} must be a string")
        values[key] = value
    return values


def _scan(table: Any, path: Path) -> dict[str, Any]:
    lists = ("clouds", "checks", "layers", "frameworks", "check_folders", "formats", "decisions")
    single = {"out": "", "fail_on": "", "min_coverage": 0, "history_days": HISTORY_DAYS}
    values = _typed(table, {**dict.fromkeys(lists, ()), **single}, path, "scan")
    convert: dict[str, Callable[[Any], Any]] = {
        "clouds": parse_clouds,
        "check_folders": lambda folders: tuple(path.parent / folder for folder in folders),
        "decisions": lambda files: tuple(path.parent / file for file in files),
        "out": Path,
        "fail_on": parse_severity,
        "min_coverage": parse_coverage,
        "history_days": parse_history_days,
    }
    for key in convert.keys() & values.keys():
        try:
            values[key] = convert[key](values[key])
        except UsageError as error:
            raise UsageError(f"{path}: scan.{key}: {error.message}", error.hint) from None
    return values


def _tags(table: Any, path: Path) -> dict[str, Any]:
    return {"derive": _options(DeriveSettings, table, path, "tags")}


def parse_clouds(names: Sequence[str]) -> tuple[Provider, ...]:
    try:
        return tuple(dict.fromkeys(Provider(name) for name in names))
    except ValueError:
        raise UsageError(
            f"unknown cloud {next(n for n in names if n not in tuple(Provider))!r}", "Choose from aws, azure, gcp."
        ) from None


def parse_severity(name: str) -> Severity:
    try:
        return Severity[name.upper()]
    except KeyError:
        raise UsageError(f"unknown severity {name!r}", "Choose from low, medium, high, critical.") from None


def parse_coverage(percent: Any) -> float:
    if isinstance(percent, bool) or not isinstance(percent, int | float) or not 0 <= percent <= 100:
        raise UsageError("the minimum coverage must be a percentage from 0 to 100")
    return float(percent)


def parse_history_days(days: Any) -> int:
    if isinstance(days, bool) or not isinstance(days, int) or not 1 <= days <= 3650:
        raise UsageError("history_days must be a whole number of days from 1 to 3650")
    return days
