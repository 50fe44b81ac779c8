"""``auditor scan``."""

from __future__ import annotations

import gc
import sys
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import typer

from auditor.cli import console, exit_codes, output, pack
from auditor.errors import AuditorError, UsageError
from auditor.render.formats import check_formats
from auditor.run import Result
from auditor.run import scan as run_scan
from auditor.settings import (
    AwsOptions,
    AzureOptions,
    GcpOptions,
    Settings,
    parse_clouds,
    parse_coverage,
    parse_history_days,
    parse_severity,
    read_config,
    with_decisions,
)


def scan(
    clouds: Annotated[
        list[str] | None, typer.Argument(help="aws, azure, gcp: one or more.", metavar="[CLOUD]...")
    ] = None,
    config: Annotated[
        Path | None, typer.Option(help="Configuration file; auditor.toml of this folder if it exists.")
    ] = None,
    region: Annotated[
        list[str] | None,
        typer.Option(help="A region to read (AWS, Google Cloud); repeat for more. Default: all enabled."),
    ] = None,
    profile: Annotated[str, typer.Option(help="AWS: profile of the shared configuration files.")] = "",
    role_arn: Annotated[str, typer.Option(help="AWS: role to assume for reading.")] = "",
    external_id: Annotated[str, typer.Option(help="AWS: external id the role's trust policy asks for.")] = "",
    session_name: Annotated[str, typer.Option(help="AWS: session name shown in CloudTrail.")] = "",
    tenant: Annotated[str, typer.Option(help="Azure: tenant id.")] = "",
    subscription: Annotated[
        list[str] | None, typer.Option(help="Azure: subscription id; repeat for more. Default: all that are visible.")
    ] = None,
    project: Annotated[
        list[str] | None, typer.Option(help="Google Cloud: project id; repeat for more. Default: the credentials' own.")
    ] = None,
    impersonate: Annotated[str, typer.Option(help="Google Cloud: service account to impersonate.")] = "",
    quota_project: Annotated[str, typer.Option(help="Google Cloud: project that API quota is charged to.")] = "",
    check: Annotated[
        list[str] | None, typer.Option(help="Only this check; repeat for more. No level is given.")
    ] = None,
    layer: Annotated[list[str] | None, typer.Option(help="Only checks of this layer. No level is given.")] = None,
    framework: Annotated[
        list[str] | None, typer.Option(help="Only checks mapped to this framework. No level is given.")
    ] = None,
    checks: Annotated[list[Path] | None, typer.Option(help="A folder of further checks; repeat for more.")] = None,
    decisions: Annotated[
        list[Path] | None, typer.Option(help="A TOML file of exemptions and attestations; repeat for more.")
    ] = None,
    out: Annotated[Path | None, typer.Option(help="Folder for the results. Default: audit.")] = None,
    format: Annotated[str, typer.Option(help="Formats to write, separated by commas. Default: html,json.")] = "",  # noqa: A002
    record: Annotated[Path | None, typer.Option(help="Keep every exchange in this folder, to replay later.")] = None,
    replay: Annotated[Path | None, typer.Option(help="Audit a recording instead of live accounts.")] = None,
    history_days: Annotated[
        int | None, typer.Option(help="Days that finished jobs are read back. Default: 90.")
    ] = None,
    pack_file: pack.PackOption = None,
    sign_key: pack.SignKeyOption = None,
    previous_pack: pack.PreviousOption = None,
    fail_on: Annotated[str, typer.Option(help="Exit with 3 on findings of this severity or higher.")] = "",
    min_coverage: Annotated[
        float | None, typer.Option(help="Exit with 4 if an account's coverage is below this percentage.")
    ] = None,
) -> None:
    base = Settings(**with_decisions(read_config(config), decisions or ()))
    regions = tuple(region or ())
    settings = replace(
        base,
        clouds=parse_clouds(clouds) if clouds else base.clouds,
        aws=_over(
            base.aws,
            AwsOptions(profile, role_arn, external_id, session_name, regions),
        ),
        azure=_over(base.azure, AzureOptions(tenant, tuple(subscription or ()))),
        gcp=_over(base.gcp, GcpOptions(tuple(project or ()), impersonate, quota_project, regions)),
        checks=tuple(check or base.checks),
        layers=tuple(layer or base.layers),
        frameworks=tuple(framework or base.frameworks),
        check_folders=(*base.check_folders, *(checks or ())),
        out=out or base.out,
        formats=check_formats(format.split(",") if format else base.formats),
        record=record,
        replay=replay,
        fail_on=parse_severity(fail_on) if fail_on else base.fail_on,
        history_days=base.history_days if history_days is None else parse_history_days(history_days),
        min_coverage=base.min_coverage if min_coverage is None else parse_coverage(min_coverage),
    )
    if replay and clouds:
        raise UsageError("--replay takes its clouds from the recording", "Leave the cloud names out.")
    with pack.ordered(settings, pack_file, sign_key, previous_pack) as (settings, wanted):
        finish(settings, wanted)


def finish(settings: Settings, wanted: pack.Order | None = None) -> None:
    """Run, write, summarize, exit. Everything that could be done is written before the exit code is chosen."""
    output.prepare(settings.out)
    progress = console.Progress()
    conclude(run_scan(settings, console.listener(progress)), settings, wanted, progress)


def conclude(result: Result, settings: Settings, wanted: pack.Order | None, progress: console.Progress) -> None:
    """Write what was asked for of a run, and exit. Nobody else may hold the result: rendering needs its memory."""
    from auditor.render.document import to_document

    progress.clear()
    gc.collect()  # the SDKs' sessions are cyclic and hold every response that was parsed
    document: dict[str, Any] = to_document(result.audit, result.scores, result.catalog)
    unrecorded, attached = result.unrecorded, pack.attached(result)
    del result
    written, unwritten = output.write(settings.out, settings.formats, document)
    files, failures = list(written), list[AuditorError](unwritten)
    if unrecorded is not None:
        failures.append(unrecorded)
    elif settings.record and (wanted is None or wanted.recording is None):
        files.append(str(settings.record))
    recording = settings.record if unrecorded is None else None
    packed = wanted.make_of_run(document, recording, attached, settings.out) if wanted is not None else None
    if isinstance(packed, AuditorError):
        failures.append(packed)
    elif packed is not None:
        files.append(str(packed.path))
    console.summary(document, files)
    if packed is not None and not isinstance(packed, AuditorError):
        pack.say(packed)
    for failure in failures:
        console.say(f"error: {failure.message}")
        console.say(f"  {failure.hint}")
    if not sys.stdout.isatty():
        typer.echo(output.machine_summary(document, files))
    code = output.exit_code(document, settings.fail_on, settings.min_coverage)
    raise typer.Exit(exit_codes.USAGE if failures and code != exit_codes.DEFECT else code)


def _over(base: Any, given: Any) -> Any:
    """The configuration's options, with what the command line gives in their place."""
    changes = {name: getattr(given, name) for name in given.__slots__ if getattr(given, name)}
    return replace(base, **changes)
