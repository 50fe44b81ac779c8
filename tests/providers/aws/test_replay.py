"""Everything that AWS collectors find, live and replayed."""

from __future__ import annotations

import pytest

from auditor.collect import Collected, collect
from auditor.model.facts import Unknown
from auditor.model.resources import AiService, Oversight
from auditor.model.scope import GLOBAL
from auditor.plan import Step
from auditor.providers.aws import collectors
from auditor.providers.aws.connect import offline
from auditor.providers.aws.session import AwsSession
from auditor.providers.base import Reach
from auditor.wire.hop import Wire, declare, replay_source
from auditor.wire.store import Recording
from tests.providers.aws.conftest import ACCOUNT, Aws
from tests.providers.aws.test_endpoints import CUSTOM, KEY, build, capture, provision

REGIONS = ("us-east-1", "eu-west-1")


@pytest.fixture
def estate(aws: Aws) -> Aws:
    for number in range(5):
        build(aws, f"e{number}", vpc=number % 2 == 0, DataCaptureConfig=capture(EnableCapture=True))
    provision(aws, CUSTOM, KEY)
    aws.boto("sagemaker").create_notebook_instance(
        NotebookInstanceName="n",
        InstanceType="ml.t3.medium",
        RoleArn="arn:aws:iam::123456789012:role/notebook",
        RootAccess="Enabled",
    )
    aws.boto("bedrock-agent").create_agent(
        agentName="a", agentResourceRoleArn="arn:aws:iam::123456789012:role/agent", foundationModel="model"
    )
    return aws


def run(session: AwsSession, workers: int) -> Collected:
    session.locations = REGIONS
    steps = [
        Step(ACCOUNT, place, collector, collector.details)
        for collector in collectors()
        for place in ((GLOBAL,) if collector.reach is Reach.ACCOUNT else REGIONS)
    ]
    return collect(steps, {ACCOUNT: session}, workers=workers)


def test_a_replay_finds_what_the_live_run_found(estate: Aws) -> None:
    calls = {call.key: call for collector in collectors() for call in collector.calls()}
    live = estate.session(tuple(calls.values()))
    found = run(live, workers=16)
    assert found.defects == ()
    kinds = {resource.kind() for resource in found.inventory.resources}
    assert {"Endpoint", "Model", "Notebook", "GenerativeDeployment", "AiService"} <= kinds

    recording = Recording({}, live.ledger.exchanges())
    wire = Wire(declared=declare(calls.values()), sources=(replay_source(recording),), offline=True)
    replayed = offline(ACCOUNT, REGIONS, wire)
    again = run(replayed, workers=1)
    assert again.inventory == found.inventory
    assert again.defects == ()
    assert recording.misses == []
    assert {e.id for e in replayed.ledger.exchanges()} == {e.id for e in live.ledger.exchanges()}


def test_without_any_permission_nothing_is_known(estate: Aws) -> None:
    """No fact that needs a call survives the denial of that call, and no list counts as empty."""
    calls = {call.key: call for collector in collectors() for call in collector.calls()}
    for call in calls.values():
        estate.refuse(call, "AccessDenied", 403)
    found = run(estate.session(tuple(calls.values())), workers=8)
    assert found.defects == ()
    # the model APIs of a region, and what watches it, are there whether or not anything can be read of them
    asking = {c.name for c in collectors() if c.find_calls and c.kind not in (AiService, Oversight)}
    assert not {listing.collector for listing in found.inventory.listings} & asking
    details = {(c.kind, fact) for c in collectors() for d in c.details for fact in d.facts}
    details -= {(c.kind, fact) for c in collectors() for fact in c.find_facts}
    for resource in found.inventory.resources:
        for name in resource.fact_names():
            if (type(resource), name) in details:
                assert isinstance(getattr(resource, name), Unknown), f"{resource.kind()}.{name}"
