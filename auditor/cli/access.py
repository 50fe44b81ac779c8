"""``auditor access``: who can do what, and why, from a stored audit or a live account."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer

from auditor.cli import console, exit_codes
from auditor.errors import CredentialsError, UsageError
from auditor.render.text import inert

app = typer.Typer(help="Who can do what, over every policy that was read. AWS only.", no_args_is_help=True)

_Audit = Annotated[Path, typer.Option(help="A stored audit: an audit.json, or the folder it is in.")]
_Account = Annotated[str, typer.Option(help="The AWS account, if the audit holds several.")]
_Json = Annotated[bool, typer.Option("--json", help="One JSON document instead of text.")]
_Live = Annotated[bool, typer.Option("--live", help="Ask the account now instead of a stored audit.")]
_Profile = Annotated[str, typer.Option(help="Live: profile of the shared configuration files.")]
_Role = Annotated[str, typer.Option(help="Live: role to assume for reading.")]
_External = Annotated[str, typer.Option(help="Live: external id the role's trust policy asks for.")]
_Region = Annotated[list[str] | None, typer.Option(help="Live: a region to read; repeat for more. Default: all.")]

_STORED = Path("audit")
_ANSWERS = {"allow": "Yes", "conditional": "Under conditions", "deny": "No", "unknown": "Not known"}


@dataclass(frozen=True, slots=True)
class _Where:
    """Where the question is asked."""

    audit: Path
    account: str
    live: bool
    profile: str
    role_arn: str
    external_id: str
    regions: tuple[str, ...]

    def world(self) -> Any:
        from auditor.access_questions import world_of_audit, world_of_document
        from auditor.render.document import load_document

        if self.live or self.profile or self.role_arn or self.external_id or self.regions:
            if self.audit != _STORED:
                raise UsageError("--audit asks a stored audit, the other options a live account", "Leave one out.")
            return world_of_audit(self._read(), self.account)
        return world_of_document(load_document(self.audit), self.account)

    def _read(self) -> Any:
        """A run of the checks that rest on policies. Nothing is written."""
        from auditor.access_questions import LIVE_CHECKS
        from auditor.model.scope import Provider
        from auditor.run import scan
        from auditor.settings import AwsOptions, Settings

        aws = AwsOptions(self.profile, self.role_arn, self.external_id, regions=self.regions)
        progress = console.Progress()
        result = scan(Settings(clouds=(Provider.AWS,), aws=aws, checks=LIVE_CHECKS), console.listener(progress))
        progress.clear()
        for failure in result.audit.failures:
            raise CredentialsError(failure.message, failure.hint)
        for defect in result.audit.defects:
            console.say(f"defect: {inert(defect)} (please report it)")
        if result.audit.interrupted:
            sys.exit(exit_codes.INTERRUPTED)
        return result.audit


@app.command("who-can", help="Everybody who may do something to a resource.")
def who_can(
    action: Annotated[str, typer.Argument(help="An action such as sagemaker:InvokeEndpoint; or invoke, read, change.")],
    target: Annotated[str, typer.Argument(help="A resource of the audit, by name or ARN.")],
    audit: _Audit = _STORED,
    account: _Account = "",
    as_json: _Json = False,
    live: _Live = False,
    profile: _Profile = "",
    role_arn: _Role = "",
    external_id: _External = "",
    region: _Region = None,
) -> None:
    from auditor.access_questions import who_can as asked

    where = _Where(audit, account, live, profile, role_arn, external_id, tuple(region or ()))
    found = asked(where.world(), action, target)
    _print(found, as_json, _who_can_lines(found))


@app.command("can", help="Whether one principal may do one thing, with the statements that decide it.")
def can(
    principal: Annotated[str, typer.Argument(help="A user or role by name or ARN; a service; another account; or *.")],
    action: Annotated[str, typer.Argument(help="An action such as s3:GetObject.")],
    resource: Annotated[str, typer.Argument(help="A resource by name or ARN, an object as arn:...:bucket/path, or *.")],
    audit: _Audit = _STORED,
    account: _Account = "",
    as_json: _Json = False,
    live: _Live = False,
    profile: _Profile = "",
    role_arn: _Role = "",
    external_id: _External = "",
    region: _Region = None,
) -> None:
    from auditor.access_questions import can as asked

    where = _Where(audit, account, live, profile, role_arn, external_id, tuple(region or ()))
    found = asked(where.world(), principal, action, resource)
    _print(found, as_json, _can_lines(found))


@app.command("paths", help="How identities come to be administrator, or to a resource, step by step.")
def paths(
    to: Annotated[str, typer.Option(help="A resource of the audit by name or ARN, or admin.")],
    audit: _Audit = _STORED,
    account: _Account = "",
    as_json: _Json = False,
    live: _Live = False,
    profile: _Profile = "",
    role_arn: _Role = "",
    external_id: _External = "",
    region: _Region = None,
) -> None:
    from auditor.access_questions import paths as asked

    where = _Where(audit, account, live, profile, role_arn, external_id, tuple(region or ()))
    found = asked(where.world(), to)
    _print(found, as_json, _paths_lines(found))


def _print(found: dict[str, Any], as_json: bool, lines: Iterable[str]) -> None:
    if as_json:
        typer.echo(json.dumps(found, indent=2))
        return
    for line in lines:
        typer.echo(inert(line))


def _who_can_lines(found: dict[str, Any]) -> Iterable[str]:
    yield f"{found['action']} {found['kind']} {found['resource']}"
    if found["actions"] != [found["action"]]:
        yield f"  by {', '.join(found['actions'])}"
    yield ""
    sure = [one for one in found["may"] if one["decision"] != "unknown"]
    unsure = [one for one in found["may"] if one["decision"] == "unknown" and one["proof"]]
    silent = len(found["may"]) - len(sure) - len(unsure)
    if not found["may"]:
        yield "No identity of the account may."
    for one in sure:
        yield from _one(one)
    if unsure:
        yield "Not known, because something that could forbid or grant it was not read:"
        for one in unsure:
            yield from _one(one)
    if silent:
        yield f"Of {silent} more it is not known; nothing that was read lets them. --json lists them."
    for other in found["outsiders"]:
        how = _how(other) if other["decision"] != "unknown" else "if its own account lets it"
        yield f"{other['name']} ({other['kind']}): {how}"
        yield from (f"    {proof}" for proof in other["proof"])
    yield from _unread(found)


def _one(one: dict[str, Any]) -> Iterable[str]:
    person = {True: ", people sign in as it", False: "", None: ", whether people sign in as it is not known"}
    yield f"{one['identity']}: {_how(one)}{person[one['person']]}"
    yield from (f"    {proof}" for proof in one["proof"])


def _how(one: dict[str, Any]) -> str:
    if one["decision"] == "unknown":
        return f"not known ({one['because']})"
    conditions = f" ({', '.join(one['conditions'])})" if one["conditions"] else ""
    return f"{one['surely']}{conditions}"


def _can_lines(found: dict[str, Any]) -> Iterable[str]:
    yield f"{_ANSWERS[found['decision']]}: {found['because']}"
    yield f"  {found['principal']}: {found['action']} on {found['resource']}"
    yield from (f"    {proof}" for proof in found["proof"])
    if found["conditions"]:
        yield f"  Conditions are open on {', '.join(found['conditions'])}"
    if found["decision"] == "unknown" and found["otherwise"] is not None:
        yield f"  Without what was not read it would be: {_ANSWERS[found['otherwise']].lower()}"
    if found["decision"] != "deny":
        yield from _unread(found)


def _paths_lines(found: dict[str, Any]) -> Iterable[str]:
    end = "administrator" if found["use"] is None else f"{found['use']} {found['to']}"
    yield f"Ways to {end}"
    yield ""
    if not found["paths"]:
        yield "No identity of the account has one."
    for one in found["paths"]:
        people = ", people sign in as it" if one["person"] else ""
        yield f"{one['identity']}{people}: {_ANSWERS[one['decision']].lower()}"
        for number, step in enumerate(one["steps"], 1):
            sure = "" if step["decision"] == "allow" else f": {_ANSWERS[step['decision']].lower()}"
            doubt = f", if {step['doubt']}" if step["doubt"] else ""
            yield f"    {number}. {step['words']}{sure}{doubt}"
        if not one["steps"]:
            yield f"    {one['last']['because']}"
    yield from _unread(found)


def _unread(found: dict[str, Any]) -> Iterable[str]:
    if found["unread"]:
        yield ""
        yield "As far as read:"
        yield from (f"  {line}" for line in found["unread"])
