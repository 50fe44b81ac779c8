"""``python -m bench.boto URL REGION ENDPOINTS``: the estate's endpoints described by a plain program.

It uses boto3's default settings and as many threads as an audit; it prints how many answers it wanted and how many it
lost."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import boto3
from botocore.exceptions import ClientError

from auditor.collect import WORKERS


def main(url: str, region: str, endpoints: int) -> dict[str, int]:
    client = boto3.Session("bench", "bench").client("sagemaker", region_name=region, endpoint_url=url)
    names = [f"endpoint-{number:03}" for number in range(endpoints)]
    work: list[Callable[[], Any]] = []
    for name in names:
        work.append(partial(client.describe_endpoint, EndpointName=name))
        work.append(partial(client.describe_endpoint_config, EndpointConfigName=f"{name}-config"))
        work.append(partial(client.describe_model, ModelName=name))
    with ThreadPoolExecutor(WORKERS) as pool:
        lost = sum(pool.map(_loses, work))
    return {"asked": len(work), "lost": lost}


def _loses(call: Callable[[], Any]) -> bool:
    try:
        call()
    except ClientError:
        return True
    return False


if __name__ == "__main__":
    sys.stdout.write(json.dumps(main(sys.argv[1], sys.argv[2], int(sys.argv[3]))))
