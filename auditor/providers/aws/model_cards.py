"""SageMaker model cards: which models and packages an approved card names."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from auditor.model.facts import Fact, Known, Reason, Unknown, native
from auditor.providers.aws.shared_calls import aws_call
from auditor.providers.base import asked

if TYPE_CHECKING:
    from auditor.providers.aws.session import AwsSession

LIST_MODEL_CARDS = aws_call("sagemaker", "ListModelCards", items="ModelCardSummaries")
DESCRIBE_MODEL_CARD = aws_call("sagemaker", "DescribeModelCard", expects=("Content", "ModelCardStatus"))

_STATUS = {"Approved": True, "Draft": False, "PendingReview": False, "Archived": False}
_SUBJECTS = (("model_overview", "model_id"), ("model_package_details", "model_package_arn"))
"""Fields of the card's schema that hold an ARN. Its names of models are free text and prove nothing."""


@dataclass(frozen=True, slots=True)
class Cards:
    """The approved cards of a region."""

    named: frozenset[str]
    """ARNs of the models and packages they are about."""
    unread: tuple[Unknown, ...]
    """Why some could not be read."""

    def name(self, *arns: str) -> Fact[bool]:
        found = sorted(self.named.intersection(arns))
        if found:
            return Known(True, {"ModelCard": found[0]})
        return self.unread[0] if self.unread else Known(False, {"ModelCard": None})


def approved_cards(session: AwsSession, region: str) -> Cards:
    return session.once(f"approved model cards {region}", lambda: _read(session, region))


def _read(session: AwsSession, region: str) -> Cards:
    named: set[str] = set()
    unread: list[Unknown] = []
    for card in session.items(LIST_MODEL_CARDS, region, ModelCardStatus="Approved"):
        # the latest version, without the parts that take a permission on the card's key
        found = asked(
            session, DESCRIBE_MODEL_CARD, region, ModelCardName=card["ModelCardName"], IncludedData="MetadataOnly"
        )
        subjects = found if isinstance(found, Unknown) else _subjects(found.value)
        if isinstance(subjects, Unknown):
            unread.append(subjects)
        else:
            named |= subjects.value
    return Cards(frozenset(named), tuple(unread))


def _subjects(card: Any) -> Fact[frozenset[str]]:
    approved = native(card, "ModelCardStatus").map(_STATUS)
    if isinstance(approved, Unknown):
        return approved
    if not approved.value:  # changed since the list was made
        return Known(frozenset())
    try:
        content = json.loads(card["Content"])
    except ValueError:
        return Unknown(Reason.MALFORMED, "Content")
    if not isinstance(content, dict):
        return Unknown(Reason.MALFORMED, "Content")
    values = (content.get(part, {}).get(field) for part, field in _SUBJECTS if isinstance(content.get(part, {}), dict))
    return Known(frozenset(value for value in values if isinstance(value, str)))
