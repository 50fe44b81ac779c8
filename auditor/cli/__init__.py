"""The command line. Each file parses one command group, calls one function and chooses the exit code."""

from __future__ import annotations

import sys


def main() -> None:
    """Entry point. ``--version`` is answered before anything else is imported."""
    if sys.argv[1:] == ["--version"]:
        from auditor import __version__

        sys.stdout.write(f"auditor {__version__}\n")
        return
    from auditor.cli.app import run

    run()
