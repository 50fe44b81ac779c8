"""``mlbom.cdx.json``: the AI estate as a CycloneDX bill of materials, written by cyclonedx-python-lib."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from auditor.errors import NotInstalled

EXTRA = "evidence"


def pieces(document: Mapping[str, Any]) -> Iterator[str]:
    """The bill in pieces. NotInstalled if the library is not installed."""
    try:
        from auditor.render.mlbom_bill import bill  # the library loads slowly, and is an extra
    except ModuleNotFoundError as error:
        if error.name is not None and error.name.startswith("auditor"):
            raise
        raise NotInstalled(
            f"the ML-BOM needs a library that is not installed (no module {error.name})",
            f"pip install 'ml-posture-auditor[{EXTRA}]'",
        ) from None
    yield bill(document)
