"""botocore sessions as this tool uses them."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

import botocore.session
from botocore.configprovider import BOTOCORE_DEFAUT_SESSION_VARIABLES, ConfigValueStore, ConstantProvider
from botocore.credentials import Credentials
from botocore.handlers import BUILTIN_HANDLERS

from auditor.providers.aws.models_on_disk import loader

DUMMY = Credentials("offline", "offline", method="offline")
"""What a session that cannot reach the network signs with."""


class FixedCredentials:
    """A credential provider that always gives the same credentials (which may refresh themselves)."""

    def __init__(self, credentials: Any) -> None:
        self._credentials = credentials

    def load_credentials(self) -> Any:
        return self._credentials


def new_session(
    *,
    profile: str | None = None,
    isolated: bool = False,
    credentials: Any = None,
    declared: frozenset[str] | None = None,
) -> Any:
    """A botocore session without foreign last hops. An isolated one reads no environment and no configuration.

    ``declared`` are the only operations its clients have, as ``service:Operation``; None leaves all of them.
    """
    session = botocore.session.Session(profile=None if isolated else profile)
    session.register_component("data_loader", loader(declared))
    for event, handler, *_ in BUILTIN_HANDLERS:
        if event.startswith("before-send") and not _is_botocore(handler):
            session.unregister(event, handler)  # a simulator that answers by itself would bypass replay and fixtures
    if isolated:
        session.register_component("config_store", _defaults())
    if credentials is not None:
        session.register_component("credential_provider", FixedCredentials(credentials))
    return session


def _is_botocore(handler: Callable[..., Any]) -> bool:
    return str(getattr(handler, "__module__", "")).split(".")[0] == "botocore"


def _defaults() -> Any:
    values = {name: default for name, (_, _, default, _) in BOTOCORE_DEFAUT_SESSION_VARIABLES.items()}
    values.update(config_file=os.devnull, credentials_file=os.devnull, ignore_configured_endpoint_urls=True)
    return ConfigValueStore(mapping={name: ConstantProvider(value) for name, value in values.items()})
