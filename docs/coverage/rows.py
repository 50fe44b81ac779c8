"""All rows of the table, in its order."""

from __future__ import annotations

from docs.coverage import Row, a, b, c, d, e, f, g, h, i, j, k, l

PARTS = {
    "A": "SageMaker notebooks and Studio",
    "B": "SageMaker training, processing, tuning",
    "C": "SageMaker models, endpoints, registry, features",
    "D": "SageMaker Model Monitor and Clarify",
    "E": "Bedrock",
    "F": "Bedrock AgentCore",
    "G": "IAM and the organization",
    "H": "Keys and secrets",
    "I": "Networks",
    "J": "Storage of models, training data and logs",
    "K": "Functions, API Gateway, WAF",
    "L": "Audit, detection, governance, cost",
}
TOTAL = 186
"""Rows of the table."""


def _every() -> tuple[Row, ...]:
    modules = (a, b, c, d, e, f, g, h, i, j, k, l)
    found = [row for module in modules for row in (*module.ROWS, *getattr(module, "ELSEWHERE", ()))]
    return tuple(sorted(found, key=lambda row: row.id))


ROWS = _every()
