"""Finds secrets among values that are about to be redacted, with the detectors of the package detect-secrets.

Its detectors of random-looking strings are left out: digests, object keys and experiment names look random too. What a
detector says is kept; the value is not.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

from auditor.wire.secret_marks import CLEAN

Analyze = Callable[[str], Iterator[str]]

_BY_PATTERN = (
    ("artifactory", "ArtifactoryDetector"),
    ("aws", "AWSKeyDetector"),
    ("azure_storage_key", "AzureStorageKeyDetector"),
    ("basic_auth", "BasicAuthDetector"),
    ("cloudant", "CloudantDetector"),
    ("discord", "DiscordBotTokenDetector"),
    ("github_token", "GitHubTokenDetector"),
    ("gitlab_token", "GitLabTokenDetector"),
    ("ibm_cloud_iam", "IbmCloudIamDetector"),
    ("ibm_cos_hmac", "IbmCosHmacDetector"),
    ("jwt", "JwtTokenDetector"),
    ("mailchimp", "MailchimpDetector"),
    ("npm", "NpmDetector"),
    ("openai", "OpenAIDetector"),
    ("private_key", "PrivateKeyDetector"),
    ("pypi_token", "PypiTokenDetector"),
    ("sendgrid", "SendGridDetector"),
    ("slack", "SlackDetector"),
    ("softlayer", "SoftlayerDetector"),
    ("square_oauth", "SquareOAuthDetector"),
    ("stripe", "StripeDetector"),
    ("telegram_token", "TelegramBotTokenDetector"),
    ("twilio", "TwilioKeyDetector"),
)
"""Modules and classes of detect_secrets.plugins that know a secret by its form."""

_REFERENCE = re.compile(
    r"arn:|s3://|https?://|/|\{\{resolve:|\$\{|\$\(|vault:|projects/|alias/|secretsmanager:|ssm:", re.IGNORECASE
)
"""How a value begins that says where a secret is, and is none."""
_PLACEHOLDER = re.compile(
    r"(?i)(true|false|yes|no|on|off|none|null|\d+(\.\d+)?|changeme|change-me|placeholder|redacted|example|\**|<.*>|x+)"
)
_SECRET_NAME = re.compile(
    r"(?i)(pass(wd|word|phrase)?|pwd|secret|token|api_?key|apikey|access_?key|private_?key|credential)s?$"
)
_SHORTEST = 6
"""Characters that a value under a telling name has at least. Shorter ones are switches and counts."""


def verdict(name: str, value: str, *, script: bool = False) -> str | None:
    """The detectors that take a value for a secret, joined by ``+``; ``clean`` for none; None if they are not
    installed. ``script`` says that the value is a text of many lines, possibly in base64."""
    try:
        detectors = _detectors()
    except ModuleNotFoundError:
        return None
    digest = hashlib.blake2b(f"{script}\x1f{name}\x1f{value}".encode("utf-8", "surrogatepass"), digest_size=16)
    return _remembered(digest.digest(), lambda: _judge(detectors, name, value, script))


_MEMORY: dict[bytes, str] = {}
_REMEMBERED = 50_000
"""Jobs repeat their variables thousands of times. Digests are kept, values are not."""


def _remembered(key: bytes, work: Callable[[], str]) -> str:
    known = _MEMORY.get(key)
    if known is None:
        if len(_MEMORY) >= _REMEMBERED:
            _MEMORY.clear()
        known = _MEMORY[key] = work()
    return known


def _judge(detectors: tuple[tuple[str, Analyze], ...], name: str, value: str, script: bool) -> str:
    lines = _text(value).splitlines() if script else [value]
    found = {label for line in lines for label, analyze in detectors for _ in analyze(line)}
    if script:
        found.update("secret-keyword" for line in lines if _assigned(line))
    elif _telling(name, value):
        found.add("secret-keyword")
    return "+".join(sorted(found)) or CLEAN


def _telling(name: str, value: str) -> bool:
    """A literal under a name that says password, token or key."""
    return (
        _SECRET_NAME.search(name) is not None
        and len(value) >= _SHORTEST
        and _REFERENCE.match(value) is None
        and _PLACEHOLDER.fullmatch(value) is None
    )


_ASSIGNMENT = re.compile(
    r"""(?P<name>[A-Za-z_][A-Za-z0-9_-]*)\s*[=:]\s*(?P<quote>["']?)(?P<value>[^"'\s;]+)(?P=quote)"""
)


def _assigned(line: str) -> bool:
    if line.lstrip().startswith("#"):
        return False
    return any(_telling(found["name"], found["value"]) for found in _ASSIGNMENT.finditer(line))


def _text(value: str) -> str:
    try:
        return base64.b64decode(value, validate=True).decode("utf-8", errors="replace")
    except (binascii.Error, ValueError):
        return value


@cache
def _detectors() -> tuple[tuple[str, Analyze], ...]:
    """Labels and functions. Importing them takes a tenth of a second, so only a run that meets a value does."""
    from importlib import import_module

    made = []
    for module, name in _BY_PATTERN:
        plugin: Any = getattr(import_module(f"detect_secrets.plugins.{module}"), name)()
        label = re.sub(r"[^a-z0-9]+", "-", plugin.secret_type.lower()).strip("-")
        made.append((label, plugin.analyze_string))
    return tuple(made)
