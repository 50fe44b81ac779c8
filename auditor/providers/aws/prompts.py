"""Bedrock prompts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from auditor.model.facts import Fact, native
from auditor.model.resources import Prompt
from auditor.model.scope import Provider
from auditor.providers.aws.gates import GENERATIVE
from auditor.providers.aws.reading import key_ref
from auditor.providers.aws.shared_calls import aws_call
from auditor.providers.base import Collector, Detail, Reach

if TYPE_CHECKING:
    from auditor.providers.aws.session import AwsSession

LIST_PROMPTS = aws_call("bedrock-agent", "ListPrompts", "bedrock:ListPrompts", items="promptSummaries")
GET_PROMPT = aws_call("bedrock-agent", "GetPrompt", "bedrock:GetPrompt", expects=("arn",))


def _find(session: AwsSession, location: str) -> Iterator[Prompt]:
    """Without an identifier the list has the draft of each prompt (API reference, ListPrompts)."""
    for prompt in session.items(LIST_PROMPTS, location):
        yield Prompt(
            id=prompt["arn"],
            name=prompt["name"],
            account=session.account,
            location=location,
            native_type="AWS::Bedrock::Prompt",
            aliases=frozenset({prompt["id"]}),
        )


def _read(session: AwsSession, prompt: Prompt) -> Mapping[str, Fact[Any]]:
    """The metadata name the key. They are asked for alone first: the text of a prompt is nobody's business here, and
    one that is encrypted with a customer's key can be read by those only who may use the key.

    That metadata without a key mean that there is none is not documented; of a whole prompt it is (Bedrock user guide,
    Encryption of Amazon Bedrock Prompt Management resources: without a key of the customer's, the service's)."""
    ask = {"promptIdentifier": prompt.id}
    body = session.call(GET_PROMPT, prompt.location, includedData="METADATA_ONLY", **ask)
    if body.get("customerEncryptionKeyArn") is None:
        body = session.call(GET_PROMPT, prompt.location, **ask)
    key = native(body, "customerEncryptionKeyArn", default="")
    return {"encryption_key": key.map(lambda name: key_ref(session, prompt.location, name) if name else None)}


COLLECTORS: tuple[Collector[Prompt, AwsSession], ...] = (
    Collector(
        name="aws.prompts",
        provider=Provider.AWS,
        kind=Prompt,
        reach=Reach.LOCATION,
        service="bedrock",
        gate=GENERATIVE,
        find_calls=(LIST_PROMPTS,),
        find=_find,
        details=(Detail(calls=(GET_PROMPT,), facts=("encryption_key",), read=_read),),
    ),
)
