"""Writes the recording of the Google Cloud project of the demo: ``python -m auditor.demo.author_gcp``."""

from __future__ import annotations

from pathlib import Path

from auditor.demo.authoring import author
from auditor.demo.gcp_estate import AS_OF, ESTATE, PRINCIPAL
from auditor.demo.gcp_names import NAME, PROJECT, REGIONS
from auditor.model.scope import Account, Provider
from auditor.providers.gcp import collectors

FOLDER = Path(__file__).parent / "gcp"


def main(folder: Path = FOLDER) -> None:
    """Collect the estate with a real session, every answer taken from ``gcp_estate``, and save what was said."""
    from auditor.providers.gcp.session import GcpSession

    author(
        Account(Provider.GCP, PROJECT, NAME),
        REGIONS,
        collectors(),
        GcpSession,
        ESTATE,
        principal=PRINCIPAL,
        as_of=AS_OF,
        folder=folder,
    )


if __name__ == "__main__":
    main()
