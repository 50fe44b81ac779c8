"""What of the AWS control table is measured: one module per part of the table, one row per control.

The page is generated from these rows, and the tests hold them against the code: every check exists and judges AWS,
its facts are read with the named calls, every path exists in the API model.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One control: measured by ``checks``, or left out with a reason; exactly one of the two."""

    id: str
    """Letter and number, e.g. ``A01``."""
    title: str
    calls: tuple[str, ...]
    """What is called to measure it, e.g. ``sagemaker:DescribeNotebookInstance``; for a row left out, what would be."""
    paths: tuple[str, ...]
    """Response fields of those calls that decide, e.g. ``.DirectInternetAccess`` or ``.Tags[].Key``."""
    practice: str
    """The practice of the maturity model that the row serves (``-`` for information only)."""
    checks: tuple[str, ...] = ()
    left_out: str = ""
