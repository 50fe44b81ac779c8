"""Data on AWS actions, old and new, for whatever rests on it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from auditor.access.engine.actions import ActionData
from tests.access.published import published, text_of


@pytest.fixture(params=["oldest", "newest"])
def action_data(request: pytest.FixtureRequest) -> Iterator[ActionData]:
    """The data of the first day there is, and of today, in place of the package's own. For each test anew: what is made
    once for a session must not be made of it."""
    with published(text_of(request.param)) as data:
        yield data
