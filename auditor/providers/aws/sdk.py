"""botocore sessions as this tool uses them."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import cache
from typing import Any

import botocore.session
from botocore.configprovider import BOTOCORE_DEFAUT_SESSION_VARIABLES, ConfigValueStore, ConstantProvider
from botocore.credentials import Credentials
from botocore.handlers import BUILTIN_HANDLERS
from botocore.loaders import Loader

DUMMY = Credentials("offline", "offline", method="offline")
"""What a session that cannot reach the network signs with."""


class FixedCredentials:
    """A credential provider that always gives the same credentials (which may refresh themselves)."""

    def __init__(self, credentials: Any) -> None:
        self._credentials = credentials

    def load_credentials(self) -> Any:
        return self._credentials


@cache
def shared_loader() -> Any:
    """One loader of API models for all sessions: makes the clients of a further account ten times cheaper. It reads
    botocore's own models only, no local additions."""
    return Loader(extra_search_paths=[Loader.BUILTIN_DATA_PATH], include_default_search_paths=False)


def new_session(*, profile: str | None = None, isolated: bool = False, credentials: Any = None) -> Any:
    """A botocore session without foreign last hops. An isolated one reads no environment and no configuration."""
    session = botocore.session.Session(profile=None if isolated else profile)
    session.register_component("data_loader", shared_loader())
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
