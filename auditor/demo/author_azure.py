"""Writes the recording of the demo's Azure subscription: ``python -m auditor.demo.author_azure [FOLDER]``."""

from __future__ import annotations

import sys
from pathlib import Path

from auditor.demo.authoring import author
from auditor.demo.azure_estate import estate
from auditor.demo.azure_rows import SUBSCRIPTION
from auditor.model.scope import GLOBAL, Account, Provider
from auditor.providers.azure import collectors

FOLDER = Path(__file__).parent / "azure"
ACCOUNT = Account(Provider.AZURE, SUBSCRIPTION, "kestrel-ai-prod")
AS_OF = "2026-11-02T08:00:00+00:00"
PRINCIPAL = "auditor@kestrel-freight.example"


def main(folder: Path = FOLDER) -> None:
    from auditor.providers.azure.session import AzureSession

    author(ACCOUNT, (GLOBAL,), collectors(), AzureSession, estate(), principal=PRINCIPAL, as_of=AS_OF, folder=folder)


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:2]))
