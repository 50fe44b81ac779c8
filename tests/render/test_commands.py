"""Commands to copy: names come from the audited account, and a name must stay one word of the shell."""

from __future__ import annotations

import shlex
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from auditor.model.resources import Notebook
from auditor.model.scope import Account, Provider
from auditor.render.document import fill_command

hostile = st.text(max_size=20) | st.lists(
    st.sampled_from(["{name}", "{id}", "{location}", "{account}", "{", "}", "'", '"', "$(id)", ";", " ", "a", "\n"]),
    max_size=6,
).map("".join)


def notebook(**fields: Any) -> Notebook:
    return Notebook(native_type="F", **fields)


@given(hostile, hostile, hostile, hostile)
def test_every_value_is_one_word_exactly_as_it_is(name: str, its_id: str, location: str, account: str) -> None:
    resource = notebook(name=name, id=its_id, location=location, account=Account(Provider.AWS, account))
    command = fill_command("do --name {name} --id {id} --in {location} --of {account} --again {name}", resource)
    assert shlex.split(command) == [
        *("do", "--name", name, "--id", its_id),
        *("--in", location, "--of", account, "--again", name),
    ]


def test_what_the_reader_must_fill_in_stays() -> None:
    resource = notebook(name="n", id="i", location="l", account=Account(Provider.AWS, "a"))
    assert fill_command("do --key KEY_ARN --set '{\"a\": {name}}' {other}", resource) == (
        "do --key KEY_ARN --set '{\"a\": n}' {other}"
    )
