"""Second sources for what an account has: AWS Config, SageMaker Search, and the numbers that IAM keeps."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from auditor.model.facts import Fact, Known, Reason, Unknown, any_true, native
from auditor.model.resources import ResourceIndex
from auditor.model.scope import GLOBAL, Provider
from auditor.model.second_sources import CONFIG, IAM_SUMMARY, SAGEMAKER_SEARCH, SecondSource
from auditor.providers.aws.account import GET_ACCOUNT_SUMMARY
from auditor.providers.aws.gates import AI, SAGEMAKER
from auditor.providers.aws.jobs_training import SEARCH
from auditor.providers.aws.oversight import DESCRIBE_RECORDER_STATUS, DESCRIBE_RECORDERS, outside_of
from auditor.providers.aws.shared_calls import aws_call
from auditor.providers.base import Collector, Reach

if TYPE_CHECKING:
    from auditor.providers.aws.session import AwsSession

GET_COUNTS = aws_call("config", "GetDiscoveredResourceCounts", items="resourceCounts")

_NO_RECORDER = Unknown(Reason.DISABLED, "AWS Config records nothing here")
_IN_SUMMARY = {"AWS::IAM::Role": "SummaryMap.Roles", "AWS::IAM::User": "SummaryMap.Users"}


def _index(session: AwsSession, source: SecondSource, location: str, **facts: Any) -> ResourceIndex:
    account, name = session.account, source.native_type.rpartition("::")[2]
    return ResourceIndex(
        id=f"{name}.{location}.amazonaws.com/{account.id}".lower(),
        name=f"{source.title} in {location}" if location != GLOBAL else source.title,
        account=account,
        location=location,
        native_type=source.native_type,
        **{"ids": Known({}), "left_out": Known(()), **facts},
    )


def _find_config(session: AwsSession, location: str) -> Iterator[ResourceIndex]:
    """Asked for numbers only where a recorder runs: one that was stopped knows what was there when it was."""
    statuses = session.call(DESCRIBE_RECORDER_STATUS, location)["ConfigurationRecordersStatus"]
    running: Fact[bool] = any_true(native(status, "recording") for status in statuses)
    if isinstance(running, Known) and not running.value:
        yield _index(session, CONFIG, location, counts=_NO_RECORDER)
        return
    left_out = _left_out(session, location)
    counts: Fact[Mapping[str, int]]
    if isinstance(running, Unknown) or isinstance(left_out, Unknown):
        counts = running if isinstance(running, Unknown) else left_out  # type: ignore[assignment]
    else:
        counts = Known(_counts(session, location, set(CONFIG.covers) - set(left_out.value)))
    yield _index(session, CONFIG, location, counts=counts, left_out=left_out)


def _left_out(session: AwsSession, location: str) -> Fact[tuple[str, ...]]:
    """The types that no recorder of the region records."""
    left = set(CONFIG.covers)
    for recorder in session.call(DESCRIBE_RECORDERS, location)["ConfigurationRecorders"]:
        outside = outside_of(recorder, CONFIG.covers)
        if isinstance(outside, Unknown):
            return outside
        left &= outside.value
    return Known(tuple(sorted(left)))


def _counts(session: AwsSession, location: str, types: set[str]) -> Mapping[str, int]:
    """A type that is recorded and of which there is nothing is not in the answer."""
    known = {row["resourceType"]: row["count"] for row in session.items(GET_COUNTS, location)}
    return {name: known.get(name, 0) for name in sorted(types)}


def _find_search(session: AwsSession, location: str) -> Iterator[ResourceIndex]:
    found: dict[str, str] = {}
    for record in session.items(SEARCH, location, Resource="Endpoint"):
        found[native(record, "Endpoint.EndpointArn").value] = location
    (native_type,) = SAGEMAKER_SEARCH.covers
    yield _index(
        session,
        SAGEMAKER_SEARCH,
        location,
        counts=Known({native_type: len(found)}),
        ids=Known({native_type: found}),
    )


def _find_summary(session: AwsSession, location: str) -> Iterator[ResourceIndex]:
    """It has been asked already, for the settings of the account."""
    summary = session.call(GET_ACCOUNT_SUMMARY, location)
    numbers = {name: native(summary, path) for name, path in _IN_SUMMARY.items()}
    counts = {name: fact.value for name, fact in numbers.items() if isinstance(fact, Known)}
    yield _index(session, IAM_SUMMARY, location, counts=Known(counts))


_FACTS = ("counts", "ids", "left_out")
COLLECTORS: tuple[Collector[ResourceIndex, AwsSession], ...] = (
    Collector(
        name=CONFIG.collector,
        provider=Provider.AWS,
        kind=ResourceIndex,
        reach=Reach.LOCATION,
        gate=AI,
        find_calls=(DESCRIBE_RECORDER_STATUS, DESCRIBE_RECORDERS, GET_COUNTS),
        find=_find_config,
        find_facts=_FACTS,
    ),
    Collector(
        name=SAGEMAKER_SEARCH.collector,
        provider=Provider.AWS,
        kind=ResourceIndex,
        reach=Reach.LOCATION,
        service="sagemaker",
        gate=SAGEMAKER,
        find_calls=(SEARCH,),
        find=_find_search,
        find_facts=_FACTS,
    ),
    Collector(
        name=IAM_SUMMARY.collector,
        provider=Provider.AWS,
        kind=ResourceIndex,
        reach=Reach.ACCOUNT,
        find_calls=(GET_ACCOUNT_SUMMARY,),
        find=_find_summary,
        find_facts=_FACTS,
    ),
)
