"""``auditor access``: who can do what, and why, from a stored audit or a live account."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer

from auditor.cli import access_text, console, exit_codes
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
_Context = Annotated[
    list[str] | None,
    typer.Option(
        metavar="KEY=VALUE",
        help="A fact of the request, such as aws:SourceVpce=vpce-0a1b2c or aws:MultiFactorAuthPresent=true; repeat for "
        "more. The policy of a VPC endpoint that is named so counts too.",
    ),
]

_STORED = Path("audit")


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

    def asked(self, given: Mapping[str, Any] | None = None) -> Any:
        from auditor.access_questions import asked_of_audit, asked_of_document
        from auditor.render.document import load_document

        if self.live or self.profile or self.role_arn or self.external_id or self.regions:
            if self.audit != _STORED:
                raise UsageError("--audit asks a stored audit, the other options a live account", "Leave one out.")
            return asked_of_audit(self._read(given or {}), self.account)
        return asked_of_document(load_document(self.audit), self.account)

    def _read(self, given: Mapping[str, Any]) -> Any:
        """A run of the checks that rest on policies. Nothing is written."""
        from auditor.access_questions import LIVE_CHECKS
        from auditor.access_request import DOOR_CHECK, SOURCE_VPCE
        from auditor.model.scope import Provider
        from auditor.run import scan
        from auditor.settings import AwsOptions, Settings

        aws = AwsOptions(self.profile, self.role_arn, self.external_id, regions=self.regions)
        doors = (DOOR_CHECK,) if SOURCE_VPCE in map(str.lower, given) else ()
        progress = console.Progress()
        settings = Settings(clouds=(Provider.AWS,), aws=aws, checks=(*LIVE_CHECKS, *doors))
        result = scan(settings, console.listener(progress))
        progress.clear()
        for failure in result.audit.failures:
            raise CredentialsError(failure.message, failure.hint)
        for defect in result.audit.defects:
            console.say(f"defect: {inert(defect)} (please report it)")
        if result.audit.interrupted:
            console.say("Interrupted: no answer, because not everything was read.")
            sys.exit(exit_codes.INTERRUPTED)
        return result.audit


@app.command("who-can", help="Everybody who may do something to a resource.")
def who_can(
    action: Annotated[str, typer.Argument(help="An action such as sagemaker:InvokeEndpoint; or invoke, read, change.")],
    target: Annotated[str, typer.Argument(help="A resource of the audit, by name or ARN.")],
    context: _Context = None,
    audit: _Audit = _STORED,
    account: _Account = "",
    as_json: _Json = False,
    live: _Live = False,
    profile: _Profile = "",
    role_arn: _Role = "",
    external_id: _External = "",
    region: _Region = None,
) -> None:
    from auditor.access_questions import who_can as ask
    from auditor.access_request import facts_of, parsed

    given = parsed(context or ())
    where = _Where(audit, account, live, profile, role_arn, external_id, tuple(region or ())).asked(given)
    found = ask(where.world, action, target, facts_of(given, where.doors), where.own)
    _print(found, as_json, access_text.who_can)


@app.command("can", help="Whether one principal may do one thing, with the statements that decide it.")
def can(
    principal: Annotated[str, typer.Argument(help="A user or role by name or ARN; a service; another account; or *.")],
    action: Annotated[str, typer.Argument(help="An action such as s3:GetObject.")],
    resource: Annotated[str, typer.Argument(help="A resource by name or ARN, an object as arn:...:bucket/path, or *.")],
    context: _Context = None,
    audit: _Audit = _STORED,
    account: _Account = "",
    as_json: _Json = False,
    live: _Live = False,
    profile: _Profile = "",
    role_arn: _Role = "",
    external_id: _External = "",
    region: _Region = None,
) -> None:
    from auditor.access_questions import can as ask
    from auditor.access_request import facts_of, parsed

    given = parsed(context or ())
    where = _Where(audit, account, live, profile, role_arn, external_id, tuple(region or ())).asked(given)
    found = ask(where.world, principal, action, resource, facts_of(given, where.doors))
    _print(found, as_json, access_text.can)


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
    from auditor.access_questions import paths as ask

    where = _Where(audit, account, live, profile, role_arn, external_id, tuple(region or ())).asked()
    found = ask(where.world, to)
    _print(found, as_json, access_text.paths)


def _print(found: dict[str, Any], as_json: bool, lines: Callable[[dict[str, Any]], Iterable[str]]) -> None:
    if as_json:
        typer.echo(json.dumps(found, indent=2))
        return
    for line in lines(found):
        typer.echo(inert(line))
