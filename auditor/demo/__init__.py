"""The embedded estate: an AWS account in moto, and recorded Azure and Google Cloud accounts, audited as if live.

No cloud account, no credentials, no network, and nothing of the environment. Importing this package loads no SDK.
"""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from auditor.catalog import load_catalog
from auditor.demo import people
from auditor.errors import ProviderNotInstalled
from auditor.model.scope import Account, Provider
from auditor.providers import registry
from auditor.providers.base import Connection
from auditor.run import Listener, Result, audit_connections, replayed_connections, select_checks
from auditor.settings import Settings
from auditor.wire import store
from auditor.wire.hop import Wire, declare, replay_source
from auditor.wire.ledger import Ledger
from auditor.wire.pace import Pacer
from auditor.wire.redact import Redactor

RECORDED = (Provider.AZURE, Provider.GCP)
"""The clouds that are answered from recordings, one in a folder of its name here."""


def run_demo(settings: Settings, listener: Listener) -> Result:
    """One audit of three accounts. The catalog, filters, exemptions and recording of ``settings`` hold as in a scan."""
    catalog = load_catalog(settings.check_folders)
    checks = select_checks(settings, catalog)
    collectors = registry.collectors()
    declared = declare(call for collector in collectors for call in collector.calls())
    ledger, redactor, bodies = Ledger(), Redactor(), store.sink_for(settings.record)
    started = datetime.now(UTC).isoformat(timespec="seconds")
    settings = replace(
        settings,
        clouds=tuple(Provider),
        exemptions=(*people.exemptions(started), *settings.exemptions),
        attestations=(*people.attestations(started), *settings.attestations),
    )
    simulated = Wire(
        declared=declared,
        ledger=ledger,
        redactor=redactor,
        pacer=_unpaced(),
        attempts=1,
        as_of=started,
        history_days=settings.history_days,
        bodies=bodies,
    )
    with ExitStack() as stack:
        connections = [_simulated(stack, simulated)]
        for provider in RECORDED:
            recording = store.load(Path(__file__).parent / provider)
            wire = Wire(
                declared=declared,
                ledger=ledger,
                redactor=redactor,
                sources=(replay_source(recording),),
                offline=True,
                bodies=bodies,
            )
            connections.extend(replayed_connections(recording, wire))
        for connection in connections:
            listener.connected(connection)
        return audit_connections(
            connections,
            (),
            wire=simulated,
            catalog=catalog,
            checks=checks,
            collectors=collectors,
            settings=settings,
            as_of=started,
            listener=listener,
        )


def _simulated(stack: ExitStack, wire: Wire) -> Connection:
    """The AWS account, alive in moto until the stack is closed."""
    try:
        from auditor.demo import aws_estate as estate
        from auditor.demo.aws_simulator import clean_environment, simulated_account
        from auditor.demo.aws_synthetic import synthetic_source

        stack.enter_context(clean_environment())
        simulator = stack.enter_context(simulated_account())
        from auditor.providers.aws.session import AwsSession
    except ModuleNotFoundError as error:
        if error.name is None or error.name.startswith("auditor"):
            raise
        raise ProviderNotInstalled(
            f"the demo needs packages that are not installed (no module {error.name})",
            "pip install 'ml-posture-auditor[demo]'",
        ) from None
    wire.sources = (synthetic_source(simulator.made),)
    account = Account(Provider.AWS, estate.ACCOUNT_ID, estate.ACCOUNT_NAME)
    session = AwsSession(account, wire, last_hop=simulator.last_hop)
    session.locations = estate.REGIONS
    return Connection(
        provider=Provider.AWS,
        principal=estate.AUDITOR,
        sessions={account: session},
        locations={account: estate.REGIONS},
    )


def _unpaced() -> Pacer:
    """There is no service here whose quota could be exceeded."""
    return Pacer(sleep=lambda _: None)
