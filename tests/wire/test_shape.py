"""Garbage with a status of 200 is no answer."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.model.scope import Provider
from auditor.wire.calls import Call
from auditor.wire.errors import MalformedResponse
from auditor.wire.shape import check_json, check_xml


def call(**promises: Any) -> Call:
    return Call(provider=Provider.AWS, service="s", operation="ListThings", permissions=("s:List",), **promises)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html><body>Service unavailable</body></html>",
        b'{"Things": [',
        b'{"Things": []} trailing',
        b"[]",
        b'"Things"',
        b"null",
        b"12",
        b"\xff\xfe\x00",
        b'{"Things": null}',
        b'{"Things": {}}',
        b'{"Things": "none"}',
        b'{"things": []}',
        b"{}",
        b"[" * 200_000,
        b'{"Things":' + b"[" * 200_000,
    ],
    ids=lambda body: body[:20].decode("latin-1"),
)
def test_a_list_page_without_its_list_is_malformed(body: bytes) -> None:
    with pytest.raises(MalformedResponse, match="s:ListThings"):
        check_json(call(items="Things"), body)


def test_a_well_formed_page_is_given_back() -> None:
    assert check_json(call(items="Things"), b'{"Things": [1], "x": 2}') == {"Things": [1], "x": 2}


def test_only_where_the_provider_documents_it_may_the_list_be_left_out() -> None:
    optional = call(items="things", items_optional=True)
    assert check_json(optional, b"{}") == {}
    for body in (b"[]", b'{"things": {}}', b"<html/>", b""):
        with pytest.raises(MalformedResponse):
            check_json(optional, body)


@given(st.sets(st.sampled_from("abcd")))
def test_every_promised_key_must_be_there(present: set[str]) -> None:
    promised = {"a", "b"}
    body = ("{" + ",".join(f'"{key}": 1' for key in sorted(present)) + "}").encode()
    if promised <= present:
        check_json(call(expects=("a", "b")), body)
    else:
        with pytest.raises(MalformedResponse):
            check_json(call(expects=("a", "b")), body)


@given(st.binary(max_size=60))
def test_any_bytes_are_an_object_or_malformed(body: bytes) -> None:
    with suppress(MalformedResponse):
        assert isinstance(check_json(call(), body), dict)
    with suppress(MalformedResponse):
        check_xml(call(), body, "Root")


def test_an_error_shows_nothing_of_the_body() -> None:
    for body in (b"secret words", b'{"secret": "words"}', b"<secret>words</secret>"):
        with pytest.raises(MalformedResponse) as caught:
            check_json(call(items="Things"), body)
        assert "secret" not in str(caught.value)
        with pytest.raises(MalformedResponse) as caught:
            check_xml(call(items="Things"), body, "Root")
        assert "secret" not in str(caught.value)


PAGE = b'<ListThingsResponse xmlns="https://s.example/doc/"><Result><Things><member/></Things></Result></ListThingsResponse>'


def test_a_well_formed_xml_page_passes() -> None:
    check_xml(call(items="Things", expects=("Result",)), PAGE, "ListThingsResponse")


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{}",
        b"<html><body>Service unavailable</body></html>",
        PAGE[:-10],
        PAGE.replace(b"Things", b"Thinks"),
        b"<ListThingsResponse/>",
        b'<?xml version="1.0" encoding="no-such-encoding"?><ListThingsResponse><Things/></ListThingsResponse>',
        b"<ListThingsResponse>&undefined;<Things/></ListThingsResponse>",
    ],
)
def test_an_xml_page_without_its_list_is_malformed(body: bytes) -> None:
    with pytest.raises(MalformedResponse):
        check_xml(call(items="Things"), body, "ListThingsResponse")


def test_an_optional_xml_list_may_be_missing_but_its_root_may_not() -> None:
    optional = call(items="Things", items_optional=True)
    check_xml(optional, b"<ListThingsResponse/>", "ListThingsResponse")
    with pytest.raises(MalformedResponse):
        check_xml(optional, b"<Other/>", "ListThingsResponse")
