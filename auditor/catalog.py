"""Finds check files and turns each into a Check."""

from __future__ import annotations

import hashlib
import importlib.util
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from auditor.bundled import bundled
from auditor.errors import CheckFileError, UsageError
from auditor.maturity import practice
from auditor.model.check import AnyCheck, Check, Supported
from auditor.model.maturity import Layer
from auditor.prices import price


@dataclass(frozen=True, slots=True)
class Catalog:
    checks: tuple[AnyCheck, ...]
    bundled: frozenset[str]
    """Ids of the checks that came with the tool. Only these can raise a maturity level."""
    digests: dict[str, str]
    """SHA-256 of each check's file."""
    paths: dict[str, Path]

    def check(self, check_id: str) -> AnyCheck:
        for check in self.checks:
            if check.id == check_id:
                return check
        raise UsageError(f"no check is called {check_id!r}", "'auditor checks list' shows them all.")

    @property
    def digest(self) -> str:
        """One digest over all check files, for the audit's provenance."""
        lines = "".join(f"{cid} {digest}\n" for cid, digest in sorted(self.digests.items()))
        return hashlib.sha256(lines.encode()).hexdigest()

    def select(
        self, ids: Iterable[str] = (), layers: Iterable[Layer] = (), frameworks: Iterable[str] = ()
    ) -> tuple[AnyCheck, ...]:
        """The checks that every given filter keeps. Unknown ids are an error, not an empty selection."""
        wanted_ids, wanted_layers, wanted_frameworks = set(ids), set(layers), set(frameworks)
        for check_id in sorted(wanted_ids):
            self.check(check_id)
        kept = []
        for check in self.checks:
            its = practice(check.practice)
            if wanted_ids and check.id not in wanted_ids:
                continue
            if wanted_layers and its.layer not in wanted_layers:
                continue
            if wanted_frameworks and not wanted_frameworks & {m.framework for m in its.controls}:
                continue
            kept.append(check)
        return tuple(kept)


def load_catalog(extra: Iterable[Path] = ()) -> Catalog:
    """All bundled checks and those in the given folders, ordered by id.

    Raises CheckFileError naming the file if one cannot be loaded, is malformed, or has an id already taken.
    """
    found: dict[str, tuple[AnyCheck, Path]] = {}
    bundled_ids: set[str] = set()
    roots = [(bundled("checks"), "auditor_checks")]
    for number, folder in enumerate(extra):
        if not folder.is_dir():
            raise UsageError(f"--checks {folder}: no such folder")
        roots.append((folder, f"auditor_user_checks_{number}"))
    for root, namespace in roots:
        for path in sorted(p for p in root.rglob("*.py") if not p.name.startswith("_")):
            check = _load(path, namespace, root)
            if check.id in found:
                raise CheckFileError(
                    f"{path}: the id {check.id!r} is already taken by {found[check.id][1]}",
                    "Rename the file; a check's id is its file name.",
                )
            found[check.id] = (check, path)
            if root == roots[0][0]:
                bundled_ids.add(check.id)
    ordered = [found[check_id] for check_id in sorted(found)]
    return Catalog(
        checks=tuple(check for check, _ in ordered),
        bundled=frozenset(bundled_ids),
        digests={check.id: hashlib.sha256(path.read_bytes()).hexdigest() for check, path in ordered},
        paths={check.id: path for check, path in ordered},
    )


def _load(path: Path, namespace: str, root: Path) -> AnyCheck:
    name = ".".join((namespace, *path.relative_to(root).with_suffix("").parts))
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise CheckFileError(f"{path}: not a Python file")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except Exception as error:
        raise CheckFileError(
            f"{path}: {type(error).__name__}: {error}", "A check file must load without errors; see CONTRIBUTING.md."
        ) from error
    check = getattr(module, "CHECK", None)
    if not isinstance(check, Check):
        raise CheckFileError(f"{path}: defines no CHECK", "Assign a Check to the name CHECK.")
    if check.id != path.stem:
        raise CheckFileError(f"{path}: the id {check.id!r} must be the file's name")
    try:
        practice(check.practice)
    except KeyError:
        raise CheckFileError(
            f"{path}: there is no practice {check.practice!r}", "'auditor checks list' names the practices in use."
        ) from None
    _know_prices(check, path)
    return check


def _know_prices(check: AnyCheck, path: Path) -> None:
    for provider, coverage in check.providers.items():
        for charge in coverage.remediation.charges if isinstance(coverage, Supported) else ():
            try:
                known = price(charge).provider is provider
            except KeyError:
                known = False
            if not known:
                raise CheckFileError(
                    f"{path}: {provider.label} charges for nothing called {charge!r}", "auditor/prices.py names them."
                )
