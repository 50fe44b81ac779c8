"""Connections to AWS, live and offline; see :mod:`auditor.providers.registry`."""

from __future__ import annotations

from auditor.model.scope import Account, Provider
from auditor.providers.aws.login import login, regions
from auditor.providers.aws.session import AwsSession
from auditor.providers.base import Connection
from auditor.settings import AwsOptions
from auditor.wire.hop import Wire


def connect(options: AwsOptions, wire: Wire) -> Connection:
    """Sign in with the standard credential chain; CredentialsError if that fails."""
    signed_in = login(
        profile=options.profile or None,
        role_arn=options.role_arn or None,
        external_id=options.external_id or None,
        role_session_name=options.session_name,
        region=options.regions[0] if options.regions else None,
    )
    session = signed_in.session(wire)
    session.locations = regions(session, options.regions)
    return Connection(
        provider=Provider.AWS,
        principal=signed_in.principal,
        sessions={signed_in.account: session},
        locations={signed_in.account: session.locations},
    )


def offline(account: Account, locations: tuple[str, ...], wire: Wire) -> AwsSession:
    """A session for replay: dummy credentials, no profile, no environment, no network."""
    session = AwsSession(account, wire, partition=_partition(locations))
    session.locations = locations
    return session


def _partition(locations: tuple[str, ...]) -> str:
    """The partition that regions belong to, by their names."""
    first = locations[0] if locations else ""
    prefixes = {
        "cn-": "aws-cn",
        "us-gov-": "aws-us-gov",
        "us-iso-": "aws-iso",
        "us-isob-": "aws-iso-b",
        "eusc-": "aws-eusc",
    }
    return next((partition for prefix, partition in prefixes.items() if first.startswith(prefix)), "aws")
