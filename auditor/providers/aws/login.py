"""From the standard credential chain to an account: who we are, and where to look."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from botocore.config import Config
from botocore.credentials import AssumeRoleCredentialFetcher, DeferredRefreshableCredentials
from botocore.exceptions import BotoCoreError, ClientError, ProfileNotFound

from auditor.errors import CredentialsError, UsageError
from auditor.model.scope import GLOBAL, Account, Provider
from auditor.providers.aws.errors import CREDENTIAL_FAULTS
from auditor.providers.aws.hooks import Hooks, LastHop
from auditor.providers.aws.sdk import new_session
from auditor.providers.aws.session import HOME_REGIONS, AwsSession
from auditor.providers.aws.shared_calls import DESCRIBE_REGIONS
from auditor.wire.errors import CallFailed
from auditor.wire.hop import Wire

ROLE_SESSION_NAME = "ml-posture-auditor"
"""Shows in the CloudTrail of the account that is read."""

_HINT = "Check --profile, --role-arn and AWS_* in the environment; `aws sts get-caller-identity` shows who you are."


@dataclass(frozen=True, slots=True)
class AwsLogin:
    """Credentials that work, and whose they are."""

    account: Account
    principal: str
    """The ARN of the caller."""
    partition: str
    credentials: Any = field(repr=False)
    profile: str | None = None

    def session(self, wire: Wire, *, workers: int = 32) -> AwsSession:
        return AwsSession(
            self.account,
            wire,
            self.credentials,
            profile=self.profile,
            partition=self.partition,
            workers=workers,
        )


def login(
    *,
    profile: str | None = None,
    role_arn: str | None = None,
    external_id: str | None = None,
    role_session_name: str = ROLE_SESSION_NAME,
    region: str | None = None,
    last_hop: LastHop | None = None,
) -> AwsLogin:
    """Resolve credentials, assume the role if one is named, and ask who we are. CredentialsError if any of it fails."""
    sdk = new_session(profile=profile)
    Hooks(None, last_hop=last_hop).install(sdk)
    try:
        home = region or sdk.get_config_variable("region") or HOME_REGIONS["aws"]
        credentials = sdk.get_credentials()
        if credentials is None:
            raise CredentialsError("no AWS credentials were found", _HINT)
        if role_arn:
            credentials = _assume(sdk, credentials, role_arn, external_id, role_session_name, home)
        identity = _client(sdk, home, credentials).get_caller_identity()
    except ClientError as error:
        code = error.response.get("Error", {}).get("Code", "")
        doing = f"assuming {role_arn}" if error.operation_name == "AssumeRole" and role_arn else "signing in"
        raise CredentialsError(f"AWS refused the credentials while {doing} ({code})", _HINT) from None
    except ProfileNotFound:
        raise CredentialsError(f"there is no AWS profile named {profile or 'as configured'}", _HINT) from None
    except BotoCoreError as error:
        name = type(error).__name__
        what = "the AWS credentials cannot be obtained" if name in CREDENTIAL_FAULTS else "AWS cannot be reached"
        raise CredentialsError(f"{what} ({name})", _HINT) from None
    arn = str(identity["Arn"])
    account = Account(Provider.AWS, str(identity["Account"]))
    return AwsLogin(account, arn, arn.split(":")[1], credentials, profile)


def regions(session: AwsSession, wanted: Sequence[str] = ()) -> tuple[str, ...]:
    """The regions to read: those asked for, or every region that is enabled in the account."""
    if wanted:
        return tuple(dict.fromkeys(wanted))
    try:
        # AllRegions=False: only those enabled for the account
        found = session.call(DESCRIBE_REGIONS, GLOBAL, AllRegions=False)["Regions"]
    except CallFailed as error:
        raise UsageError(
            f"the enabled regions of account {session.account.id} cannot be listed ({error.reason.label})",
            "Allow ec2:DescribeRegions, or name the regions with --region.",
        ) from None
    return tuple(sorted(region["RegionName"] for region in found))


def _client(sdk: Any, region: str, credentials: Any) -> Any:
    frozen = credentials.get_frozen_credentials()
    return sdk.create_client(
        "sts",
        region_name=region,
        aws_access_key_id=frozen.access_key,
        aws_secret_access_key=frozen.secret_key,
        aws_session_token=frozen.token,
        config=Config(connect_timeout=5, read_timeout=15, retries={"mode": "standard", "total_max_attempts": 3}),
    )


def _assume(sdk: Any, source: Any, role_arn: str, external_id: str | None, role_session_name: str, region: str) -> Any:
    """Credentials of a role that refresh themselves: an audit may last longer than they do."""
    extra = {"RoleSessionName": role_session_name}
    if external_id:
        extra["ExternalId"] = external_id

    def client(service: str, **keys: Any) -> Any:
        return sdk.create_client(service, region_name=region, **keys)

    fetcher = AssumeRoleCredentialFetcher(client, source, role_arn, extra_args=extra)
    return DeferredRefreshableCredentials(fetcher.fetch_credentials, "assume-role")
