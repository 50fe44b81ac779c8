"""Signing in, and where to look."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest
from botocore.awsrequest import AWSResponse
from moto.core.models import botocore_stubber

from auditor.errors import CredentialsError, UsageError
from auditor.model.scope import Account, Provider
from auditor.providers.aws import MODULES
from auditor.providers.aws import connect as connect_module
from auditor.providers.aws.connect import connect, offline
from auditor.providers.aws.hooks import _Raw
from auditor.providers.aws.login import login, regions
from auditor.providers.aws.shared_calls import DESCRIBE_REGIONS
from auditor.settings import AwsOptions
from auditor.wire.hop import Wire
from tests.providers.aws.conftest import Aws

ROLE = "arn:aws:iam::111122223333:role/auditor"


@pytest.fixture(autouse=True)
def _no_configuration(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_CONFIG_FILE", "/nonexistent")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/nonexistent")
    monkeypatch.delenv("AWS_PROFILE", raising=False)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")


def refusing(code: str, status: int = 403) -> Any:
    body = f"<ErrorResponse><Error><Code>{code}</Code><Message>private words</Message></Error></ErrorResponse>"
    return lambda event, request: AWSResponse(request.url, status, {}, _Raw(body.encode()))


def test_who_we_are(aws: Aws) -> None:
    found = login(last_hop=botocore_stubber)
    assert found.account == Account(Provider.AWS, "123456789012")
    assert found.principal.startswith("arn:aws:sts::123456789012:")
    assert found.partition == "aws"
    assert "secret" not in repr(found).lower()


def test_a_role_is_assumed_under_our_name_with_its_external_id(aws: Aws) -> None:
    sent: list[Any] = []

    def hop(event: str, request: Any) -> Any:
        sent.append(request.body)
        return botocore_stubber(event, request)

    found = login(role_arn=ROLE, external_id="shared-secret", last_hop=hop)
    assert found.account.id == "111122223333"
    assert found.principal == "arn:aws:sts::111122223333:assumed-role/auditor/ml-posture-auditor"
    assert "ExternalId=shared-secret" in sent[0]
    assert "RoleSessionName=ml-posture-auditor" in sent[0]
    session = found.session(aws.wire((DESCRIBE_REGIONS,)))
    assert session.account == found.account
    assert session._client(DESCRIBE_REGIONS, "eu-west-1").meta.region_name == "eu-west-1"


@pytest.mark.parametrize("code", ["InvalidClientTokenId", "ExpiredToken", "SignatureDoesNotMatch"])
def test_refused_credentials_are_one_clear_line(aws: Aws, code: str) -> None:
    with pytest.raises(CredentialsError) as failed:
        login(last_hop=refusing(code))
    assert failed.value.message == f"AWS refused the credentials while signing in ({code})"
    assert failed.value.hint
    assert "private words" not in failed.value.message


def test_a_role_that_may_not_be_assumed(aws: Aws) -> None:
    with pytest.raises(CredentialsError, match=f"while assuming {ROLE} \\(AccessDenied\\)"):
        login(role_arn=ROLE, last_hop=refusing("AccessDenied"))


def test_no_credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    # moto's own start puts keys into the environment, so it is not running here
    with pytest.raises(CredentialsError, match="no AWS credentials were found"):
        login()


def test_a_profile_that_does_not_exist(aws: Aws) -> None:
    with pytest.raises(CredentialsError, match="no AWS profile named nobody"):
        login(profile="nobody")


def test_a_network_that_is_not_there(aws: Aws) -> None:
    def cut(event: str, request: Any) -> None:
        raise OSError("no route")

    with pytest.raises(CredentialsError, match="AWS cannot be reached"):
        login(last_hop=cut)


def test_a_connection_knows_its_account_and_regions(aws: Aws, monkeypatch: pytest.MonkeyPatch) -> None:
    plain = connect_module.login
    monkeypatch.setattr(connect_module, "login", lambda **more: plain(**more, last_hop=botocore_stubber))
    opened = connect(AwsOptions(regions=("eu-west-1",)), aws.wire((DESCRIBE_REGIONS,)))
    (account,) = opened.sessions
    assert account.id == "123456789012"
    assert opened.locations == {account: ("eu-west-1",)}
    assert opened.sessions[account].locations == ("eu-west-1",)


@pytest.mark.parametrize(("region", "partition"), [("eu-west-1", "aws"), ("cn-north-1", "aws-cn")])
def test_an_offline_session_takes_its_partition_from_its_regions(region: str, partition: str) -> None:
    account = Account(Provider.AWS, "123456789012")
    assert offline(account, (region,), Wire(declared={}, offline=True)).partition == partition


def test_regions_asked_for_or_all_enabled_ones(aws: Aws) -> None:
    session = aws.session((DESCRIBE_REGIONS,))
    assert regions(session, ["eu-west-1", "us-east-1", "eu-west-1"]) == ("eu-west-1", "us-east-1")
    assert session.ledger.exchanges() == ()
    found = regions(session)
    assert found == tuple(sorted(found))
    assert {"us-east-1", "eu-west-1"} <= set(found)
    (exchange,) = session.ledger.exchanges()
    assert exchange.params == {"AllRegions": False}


def test_regions_that_cannot_be_listed(aws: Aws) -> None:
    aws.refuse(DESCRIBE_REGIONS, "UnauthorizedOperation", 403)
    with pytest.raises(UsageError, match="permission denied") as failed:
        regions(aws.session((DESCRIBE_REGIONS,)))
    assert "--region" in failed.value.hint


def test_the_collectors_load_no_sdk() -> None:
    """The plan and the permission list work without one."""
    names = ", ".join(f"auditor.providers.aws.{name}" for name in MODULES if name in OURS)
    code = f"import {names}, sys; print([m for m in ('boto3', 'botocore', 'jmespath') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


OURS = ("ai_services", "endpoints", "generative", "models", "notebooks")
