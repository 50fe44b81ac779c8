"""The Typer application, and the one place where errors become messages and exit codes."""

from __future__ import annotations

import logging
import sys
from typing import Annotated

import typer

from auditor import __version__
from auditor.cli import access, checks, demo, exit_codes, frameworks, pack, permissions, report, scan, verify
from auditor.errors import AuditorError

app = typer.Typer(
    name="auditor",
    help="Audits the security posture of AI workloads on AWS, Azure and Google Cloud. It can only read.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"auditor {__version__}")
        raise typer.Exit


@app.callback()
def options(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and exit.")
    ] = False,
    debug: Annotated[bool, typer.Option("--debug", help="Log what happens inside, to stderr.")] = False,
) -> None:
    del version
    logging.basicConfig(stream=sys.stderr, level=logging.DEBUG if debug else logging.ERROR, format="%(message)s")
    if not debug:
        logging.disable(logging.ERROR)  # SDKs log what we report ourselves, better


app.command("scan", help="Read accounts, or a recording, and write an audit.")(scan.scan)
app.command("demo", help="Audit the embedded estate: no account, no credentials, no network.")(demo.demo)
app.command("report", help="Render a stored audit again, whole or for one framework.")(report.report)
app.command("pack", help="Make an evidence pack of a stored audit and its recording.")(pack.pack)
app.command("verify", help="Check evidence packs: integrity, signature, series, and by replay every finding.")(
    verify.verify
)
app.add_typer(checks.app, name="checks")
app.add_typer(frameworks.app, name="frameworks")
app.add_typer(access.app, name="access")
app.command("permissions", help="Print the least set of permissions a run needs.")(permissions.permissions)


def run() -> None:
    try:
        app(prog_name="auditor")
    except AuditorError as error:
        show_error(error)
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        typer.echo("interrupted", err=True)
        sys.exit(exit_codes.INTERRUPTED)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(exit_codes.DONE)


def show_error(error: AuditorError) -> None:
    typer.echo(f"error: {error.message}", err=True)
    if error.hint:
        typer.echo(f"  {error.hint}", err=True)
