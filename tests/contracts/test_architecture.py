"""Dependencies point one way, SDKs stay where they belong, and what is pure stays pure."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "auditor"
SDKS = frozenset(
    {"boto3", "botocore", "azure", "google", "moto", "requests", "urllib3", "googleapiclient", "msrest", "jmespath"}
)


def files(*places: str) -> list[Path]:
    """The Python files of folders and modules of the package."""
    found: list[Path] = []
    for place in places:
        path = PACKAGE / place
        found.extend(sorted(path.rglob("*.py")) if path.is_dir() else [path])
    assert found
    return [p for p in found if "_bundled" not in p.parts]


def imports(path: Path) -> Iterator[tuple[str, int]]:
    """Every module a file imports anywhere in it, for types too, with its line. ``from a import b`` gives ``a.b``."""
    package = path.relative_to(ROOT).parent.parts
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            for name in node.names:
                yield name.name, node.lineno
        elif isinstance(node, ast.ImportFrom):
            base = ".".join(package[: len(package) - node.level + 1]) if node.level else ""
            module = ".".join(filter(None, [base, node.module or ""]))
            for name in node.names:
                yield f"{module}.{name.name}", node.lineno


def within(module: str, allowed: Iterable[str]) -> bool:
    return any(module == a or module.startswith(f"{a}.") for a in allowed)


def root_of(module: str) -> str:
    return module.partition(".")[0]


def own(path: Path) -> list[str]:
    return [m for m, _ in imports(path) if root_of(m) == "auditor"]


def third_party(path: Path) -> list[str]:
    return [m for m, _ in imports(path) if root_of(m) not in sys.stdlib_module_names | {"auditor"}]


def ids(path: Path) -> str:
    return str(path.relative_to(ROOT))


MAY_IMPORT = {
    "model": ["auditor.model"],
    "errors.py": [],
    "bundled.py": [],
    "wire": ["auditor.wire", "auditor.model", "auditor.errors"],
    "access": ["auditor.access", "auditor.model"],
    "derive": ["auditor.derive", "auditor.access", "auditor.model"],
    "maturity": ["auditor.maturity", "auditor.frameworks", "auditor.model"],
    "frameworks": ["auditor.frameworks", "auditor.model", "auditor.errors"],
    "evaluate.py": ["auditor.model"],
    "score.py": ["auditor.model", "auditor.maturity"],
    "controls.py": ["auditor.model", "auditor.maturity", "auditor.score"],
    "repair.py": ["auditor.model", "auditor.score"],
    "settle.py": ["auditor.model", "auditor.repair", "auditor.score"],
    "prices.py": ["auditor.model"],
    "populations.py": [],
    "reconcile.py": ["auditor.model"],
    "gates.py": ["auditor.model", "auditor.plan", "auditor.providers.base"],
    "plan.py": ["auditor.model", "auditor.derive.base", "auditor.gates", "auditor.providers.base", "auditor.wire"],
    "collect.py": ["auditor.model", "auditor.gates", "auditor.plan", "auditor.providers.base", "auditor.wire"],
    "catalog.py": ["auditor.model", "auditor.maturity", "auditor.prices", "auditor.errors", "auditor.bundled"],
    "settings.py": ["auditor.model", "auditor.errors", "auditor.derive.base", "auditor.decisions"],
    "providers/base.py": ["auditor.model", "auditor.wire"],
    "providers/rest.py": ["auditor.model", "auditor.wire", "auditor.providers.base"],
}
"""What each part may import of the package. A folder of a provider has a rule of its own below."""


@pytest.mark.parametrize("part", sorted(MAY_IMPORT))
def test_dependencies_point_one_way(part: str) -> None:
    wrong = [f"{ids(p)}: {m}" for p in files(part) for m in own(p) if not within(m, MAY_IMPORT[part])]
    assert wrong == []


@pytest.mark.parametrize("provider", ["aws", "azure", "gcp"])
def test_a_provider_knows_the_model_the_wire_and_itself(provider: str) -> None:
    allowed = [
        "auditor.model",
        "auditor.wire",
        "auditor.errors",
        "auditor.settings",
        "auditor.access",
        "auditor.providers.base",
        "auditor.providers.rest",
        f"auditor.providers.{provider}",
    ]
    wrong = [f"{ids(p)}: {m}" for p in files(f"providers/{provider}") for m in own(p) if not within(m, allowed)]
    assert wrong == []


@pytest.mark.parametrize("path", sorted((ROOT / "checks").rglob("*.py")), ids=ids)
def test_a_check_imports_only_what_the_package_offers_it(path: Path) -> None:
    import auditor

    for module, line in imports(path):
        if root_of(module) in sys.stdlib_module_names:
            continue
        package, _, name = module.rpartition(".")
        assert package == "auditor", f"line {line}: {module}"
        assert name in auditor.__all__, f"line {line}: {name}"


def test_an_sdk_is_imported_only_by_its_provider_and_the_demo() -> None:
    homes = [PACKAGE / "providers" / p for p in ("aws", "azure", "gcp")] + [PACKAGE / "demo"]
    wrong = [
        f"{ids(path)}: {module}"
        for path in files("")
        for module in third_party(path)
        if root_of(module) in SDKS
        and not any(home in path.parents for home in homes)
        and not (path.name == "rest.py" and root_of(module) in {"requests", "urllib3"})
    ]
    assert wrong == []


@pytest.mark.parametrize(
    ("provider", "sdks"),
    [
        ("aws", {"botocore", "boto3", "jmespath", "yaml"}),  # jmespath: what botocore pages with; yaml: API schemas
        ("azure", {"azure", "requests"}),
        ("gcp", {"google", "requests"}),
    ],
)
def test_a_provider_imports_its_own_sdk_and_no_other(provider: str, sdks: set[str]) -> None:
    used = {root_of(m) for path in files(f"providers/{provider}") for m in third_party(path)}
    assert used <= sdks
    assert used, "that the provider uses an SDK at all"


def test_everything_else_needs_only_what_the_package_depends_on() -> None:
    allowed = {
        "typer": ["cli"],
        "jinja2": ["render"],
        "markupsafe": ["render"],
        "yaml": ["providers/aws"],
        "cyclonedx": ["render"],
        "cryptography": ["evidence"],
        "securesystemslib": ["evidence"],
    }
    for path in files(""):
        for module in third_party(path):
            name = root_of(module)
            if name in SDKS:
                continue
            homes = [PACKAGE / place for place in allowed.get(name, [])]
            assert any(home in path.parents for home in homes), f"{ids(path)}: {module}"


PURE = (
    "evaluate.py",
    "score.py",
    "controls.py",
    "repair.py",
    "settle.py",
    "prices.py",
    "derive",
    "access",
    "maturity",
    "frameworks",
    "model",
)
IMPURE = frozenset(
    {"threading", "concurrent", "multiprocessing", "asyncio", "socket", "ssl", "http", "urllib", "subprocess"}
    | {"time", "random", "secrets", "uuid", "os", "pathlib", "io", "tempfile", "shutil"}
)


@pytest.mark.parametrize("path", files(*PURE), ids=ids)
def test_after_collection_everything_is_pure(path: Path) -> None:
    """No threads, no network, no clock, no files, no chance: the same recording gives the same findings for ever."""
    assert [m for m, _ in imports(path) if root_of(m) in IMPURE and not within(m, ["urllib.parse"])] == []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Attribute):
            assert node.attr not in {"now", "utcnow", "today"}, f"line {node.lineno} asks the clock"
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            assert node.func.id not in {"open", "print", "input"}, f"line {node.lineno}"


def test_only_collection_starts_threads() -> None:
    def starts(path: Path) -> list[int]:
        tree = ast.parse(path.read_text(encoding="utf-8"))
        calls = (n for n in ast.walk(tree) if isinstance(n, ast.Call))
        names = {"ThreadPoolExecutor", "ProcessPoolExecutor", "Thread", "Timer", "Process", "Pool"}
        return [
            c.lineno
            for c in calls
            if (c.func.id if isinstance(c.func, ast.Name) else getattr(c.func, "attr", "")) in names
        ]

    homes = {ids(path) for path in files("") if starts(path) and PACKAGE / "demo" not in path.parents}
    assert homes == {"auditor/collect.py"}


def test_nothing_prints_but_the_command_line() -> None:
    wrong = [
        f"{ids(path)}:{node.lineno}"
        for path in files("")
        if not path.is_relative_to(PACKAGE / "cli")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "print"
    ]
    assert wrong == []


LOADS = {
    "the checks' interface": "import auditor",
    "a run": "import auditor.run",
    "the command line": "import auditor.cli.app",
    "the collectors": "from auditor.providers import registry; assert registry.collectors()",
    "the permissions": (
        "from auditor.permissions import policy_for; from auditor.settings import Settings, parse_clouds\n"
        "assert all(policy_for(Settings(clouds=parse_clouds([c]))) for c in ('aws', 'azure', 'gcp'))"
    ),
    "the checks": "from auditor.catalog import load_catalog; assert load_catalog().checks",
}


@pytest.mark.parametrize("what", sorted(LOADS))
def test_no_sdk_is_loaded_before_a_cloud_is_asked_for(what: str) -> None:
    code = (
        "import sys\nbefore = set(sys.modules)\n"
        f"{LOADS[what]}\n"
        f"print(sorted(m for m in set(sys.modules) - before if m.partition('.')[0] in {set(SDKS)!r}))"
    )
    ended = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, cwd=ROOT, timeout=60
    )
    assert (ended.stdout, ended.stderr) == ("[]\n", "")


def test_the_checks_interface_loads_nothing_but_the_model() -> None:
    code = "import sys, auditor; print(sorted(m for m in sys.modules if m.startswith('auditor.')))"
    ended = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT, timeout=60
    )
    loaded = ast.literal_eval(ended.stdout)
    assert all(within(m, ["auditor.model"]) for m in loaded), loaded
