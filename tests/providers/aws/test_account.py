from __future__ import annotations

from typing import Any

import pytest

from auditor.model.facts import Reason, Unknown
from auditor.providers.aws.account import COLLECTORS, GET_ACCOUNT_SUMMARY


def test_the_summary_of_a_new_account(aws: Any) -> None:
    (account,) = aws.collect(COLLECTORS)
    assert account.id == "arn:aws:iam::123456789012:root"
    assert account.location == "global"
    assert account.root_mfa.value is False
    assert account.root_keys.value is False
    assert account.root_mfa.native == {"SummaryMap.AccountMFAEnabled": 0}
    assert account.root_mfa.calls


@pytest.mark.parametrize(
    ("mfa", "keys", "has_mfa", "has_keys"), [(1, 0, True, False), (0, 1, False, True), (0, 2, False, True)]
)
def test_values(aws: Any, mfa: int, keys: int, has_mfa: bool, has_keys: bool) -> None:
    aws.answer(GET_ACCOUNT_SUMMARY, {"SummaryMap": {"AccountMFAEnabled": mfa, "AccountAccessKeysPresent": keys}})
    (account,) = aws.collect(COLLECTORS)
    assert (account.root_mfa.value, account.root_keys.value) == (has_mfa, has_keys)


def test_a_count_that_is_missing_is_unknown(aws: Any) -> None:
    aws.answer(GET_ACCOUNT_SUMMARY, {"SummaryMap": {"Users": 3}})
    (account,) = aws.collect(COLLECTORS)
    assert account.root_mfa.reason is Reason.ABSENT
    assert account.root_keys.reason is Reason.ABSENT


def test_a_denied_read_is_a_gap(aws: Any) -> None:
    aws.refuse(GET_ACCOUNT_SUMMARY, "AccessDenied", 403)
    done = aws.collected(COLLECTORS)
    assert done.inventory.resources == ()
    (gap,) = done.inventory.gaps
    assert isinstance(gap.why, Unknown)
    assert gap.why.reason is Reason.DENIED
    assert gap.why.permissions == ("iam:GetAccountSummary",)
