"""The three clouds by name. Nothing of a cloud's SDK is imported before that cloud is asked for.

Each package ``auditor.providers.<name>`` needs no SDK and gives

- ``collectors()``, and
- ``CONNECT_CALLS``: the calls that connecting itself makes (which regions, which subscriptions, which project);

its module ``connect`` needs the SDK and gives

- ``connect(options, wire) -> Connection``: sign in with the standard credential chain, or CredentialsError;
- ``offline(account, locations, wire) -> Session``: a session for replay: no credentials, no environment, no network.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterable
from types import ModuleType
from typing import Any, cast

from auditor.errors import ProviderNotInstalled
from auditor.model.scope import Account, Provider
from auditor.providers.base import AnyCollector, Connection, Session
from auditor.settings import Settings
from auditor.wire.calls import Call
from auditor.wire.hop import Wire


def collectors(providers: Iterable[Provider] = tuple(Provider)) -> tuple[AnyCollector, ...]:
    found: list[AnyCollector] = []
    for provider in providers:
        package = importlib.import_module(f"auditor.providers.{provider}")
        found.extend(package.collectors())
    return tuple(found)


def connecting_calls(provider: Provider) -> tuple[Call, ...]:
    """Declared like every other call, and part of the permissions a run needs."""
    return cast(tuple[Call, ...], importlib.import_module(f"auditor.providers.{provider}").CONNECT_CALLS)


def connect(provider: Provider, settings: Settings, wire: Wire) -> Connection:
    options: Any = {Provider.AWS: settings.aws, Provider.AZURE: settings.azure, Provider.GCP: settings.gcp}[provider]
    return cast(Connection, _sdk_module(provider).connect(options, wire))


def offline(account: Account, locations: tuple[str, ...], wire: Wire) -> Session:
    return cast(Session, _sdk_module(account.provider).offline(account, locations, wire))


def _sdk_module(provider: Provider) -> ModuleType:
    try:
        return importlib.import_module(f"auditor.providers.{provider}.connect")
    except ModuleNotFoundError as error:
        if error.name is not None and error.name.startswith("auditor"):
            raise
        raise ProviderNotInstalled(
            f"its SDK is not installed (no module {error.name})",
            f"pip install 'ml-posture-auditor[{provider}]'",
        ) from None
