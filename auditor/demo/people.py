"""What people of the embedded estate accepted and stated: risks in force and lapsed, attestations with a document."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from pathlib import Path

from auditor.decisions import day_of
from auditor.model.decision import Attachment, Attestation, ExemptionRule, Scope

SOURCE = "decisions.toml of the demo"
AWS, AZURE = Scope(provider="aws"), Scope(provider="azure")


def exemptions(as_of: str) -> tuple[ExemptionRule, ...]:
    today = day_of(as_of)
    return (
        ExemptionRule(
            check="notebook_no_root",
            owner="analytics@meridian.example",
            approver="ciso@meridian.example",
            reason="The marketing notebook holds no customer data and is retired with the next quarter.",
            expires=today + timedelta(days=60),
            scope=Scope(
                provider="aws", resource="arn:aws:sagemaker:us-east-1:123456789012:notebook-instance/marketing-insights"
            ),
            source=f"{SOURCE}, entry 1",
        ),
        ExemptionRule(
            check="network_flow_logs",
            owner="network@kestrel.example",
            reason="Laboratory network without a path to production.",
            expires=today - timedelta(days=19),
            scope=AZURE,
            source=f"{SOURCE}, entry 2",
        ),
    )


def attestations(as_of: str) -> tuple[Attestation, ...]:
    today = day_of(as_of)
    return (
        Attestation(
            practice="APP-4.5",
            owner="ml-platform@meridian.example",
            statement="Every tool that an agent may call was reviewed; payments and deletions ask a person first.",
            stated=today - timedelta(days=30),
            expires=today + timedelta(days=150),
            scope=AWS,
            attachments=(_attachment("agent-tool-review.md"),),
            source=f"{SOURCE}, entry 1",
        ),
        Attestation(
            framework="soc2",
            control="CC6.2",
            owner="people@meridian.example",
            statement="Requests and leavers of the quarter were sampled; each had an approval and a removal date.",
            stated=today - timedelta(days=20),
            expires=today + timedelta(days=70),
            scope=AWS,
            source=f"{SOURCE}, entry 2",
        ),
        Attestation(
            framework="hipaa",
            control="164.308(a)(7)(ii)(D)",
            owner="operations@meridian.example",
            statement="Recovery of the model registry was exercised.",
            stated=today - timedelta(days=410),
            expires=today - timedelta(days=45),
            scope=AWS,
            source=f"{SOURCE}, entry 3",
        ),
    )


def _attachment(name: str) -> Attachment:
    path = Path(__file__).parent / "attachments" / name
    content = path.read_bytes()
    return Attachment(name, hashlib.sha256(content).hexdigest(), len(content), str(path))
