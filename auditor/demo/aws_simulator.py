"""moto as the last hop of the demo's AWS session: in this process, from a clean state, with nothing of the
environment in it."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from auditor.demo import aws_people as people
from auditor.demo.aws_estate import ACCOUNT_ID, HOME
from auditor.demo.aws_made import Made
from auditor.demo.aws_seed import seed

SEED = 20261120
"""moto draws ids at random; from this seed they are the same in every run."""
_ENVIRONMENT = ("AWS_", "AZURE_", "BOTO_", "CLOUDSDK_", "GCLOUD_", "GOOGLE_", "MOTO_", "MSI_", "IDENTITY_", "TEST_")
_PROXIES = (
    "ALL_PROXY",
    "HTTP_PROXY",
    "HTTPS_PROXY",
    "NO_PROXY",
    "REQUESTS_CA_BUNDLE",
    "S3_IGNORE_SUBDOMAIN_BUCKETNAME",
)


@dataclass(frozen=True, slots=True)
class Simulator:
    last_hop: Callable[[str, Any], Any]
    made: Made


@contextmanager
def clean_environment() -> Iterator[None]:
    """Take away every variable that the SDKs or moto would read, and give them back afterwards."""
    hidden = {n: v for n, v in os.environ.items() if n.upper().startswith(_ENVIRONMENT) or n.upper() in _PROXIES}
    for name in hidden:
        del os.environ[name]
    try:
        yield
    finally:
        os.environ.update(hidden)


@contextmanager
def simulated_account() -> Iterator[Simulator]:
    """The account, seeded. ModuleNotFoundError without moto."""
    from moto import mock_aws
    from moto.core.models import botocore_stubber
    from moto.moto_api._internal import mock_random

    lock = threading.Lock()

    def last_hop(event_name: str, request: Any, **_: Any) -> Any:
        with lock:  # moto keeps its state in plain dictionaries
            return botocore_stubber(event_name, request)

    # no fake credentials in the environment and no new default session: ours reads neither
    with mock_aws(config={"core": {"mock_credentials": False, "reset_boto3_session": False}}):
        mock_random.seed(SEED)
        try:
            _add_aws_policies()
            yield Simulator(last_hop, seed(_clients(last_hop)))
        finally:
            mock_random.seed()


def _clients(last_hop: Callable[[str, Any], Any]) -> Callable[[str, str], Any]:
    """Plain clients that may write, for building the account. They reach moto and nothing else."""
    from botocore.config import Config

    from auditor.providers.aws.sdk import DUMMY, new_session

    session = new_session(isolated=True, credentials=DUMMY)
    session.get_component("event_emitter").register("before-send", last_hop)
    made: dict[tuple[str, str], Any] = {}

    def client(service: str, region: str) -> Any:
        if (service, region) not in made:
            options = Config(ignore_configured_endpoint_urls=True, proxies={})
            made[service, region] = session.create_client(service, region_name=region, config=options)
        return made[service, region]

    return client


def _add_aws_policies() -> None:
    """The AWS managed policies that the account uses. moto has the texts of all; without them nothing can be attached,
    and with all of them every read of the account carries 1,500 that nobody uses."""
    from moto.iam.aws_managed_policies import aws_managed_policies_data
    from moto.iam.models import AWSManagedPolicy, iam_backends

    texts = json.loads(aws_managed_policies_data)
    backend = iam_backends[ACCOUNT_ID]["aws"]
    for name in sorted({name for role in people.ROLES for name in role.managed}):
        policy = AWSManagedPolicy.from_data(name, ACCOUNT_ID, HOME, texts[name])
        backend.managed_policies[policy.arn] = policy
