"""Use an installation that has only the ``aws`` extra against a moto server of this environment.

Arguments: the environment to use, and a folder outside the checkout.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from moto.server import ThreadedMotoServer

PACKAGES, MEGABYTES = 25, 60


def main(environment: Path, folder: Path) -> None:
    listed = subprocess.run(
        [environment / "bin/pip", "list", "--format=json"], check=True, capture_output=True, text=True
    ).stdout
    packages = [p["name"] for p in json.loads(listed) if p["name"] not in ("pip", "setuptools")]
    site = next((environment / "lib").glob("python*/site-packages"))
    own = [p for p in site.rglob("*") if p.is_file() and not p.is_symlink()]
    ours = [p for p in own if p.relative_to(site).parts[0].split("-")[0] not in ("pip", "setuptools", "pkg_resources")]
    size = sum(p.stat().st_size for p in ours) / 1e6
    print(f"{len(packages)} packages, {size:.0f} MB")
    assert len(packages) <= PACKAGES, packages
    assert size <= MEGABYTES, size

    server = ThreadedMotoServer(port=0)
    server.start()
    host, port = server.get_host_and_port()
    scrubbed = {
        "PATH": os.environ["PATH"],
        "HOME": str(folder),
        "AWS_ENDPOINT_URL": f"http://{host}:{port}",
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_DEFAULT_REGION": "us-east-1",
    }
    auditor = environment / "bin/auditor"
    command = [auditor, "scan", "aws", "--region", "us-east-1", "--out", "aws-only"]
    scanned = subprocess.run(command, cwd=folder, env=scrubbed, capture_output=True, text=True, check=False)
    print(scanned.stderr)
    assert scanned.returncode == 0, scanned.returncode
    assert json.loads((folder / "aws-only/audit.json").read_text())["score"]["accounts"]

    refused = subprocess.run(
        [auditor, "scan", "azure", "gcp", "--out", "none"],
        cwd=folder,
        env=scrubbed,
        capture_output=True,
        text=True,
        check=False,
    )
    print(refused.stderr)
    assert refused.returncode == 2, refused.returncode
    for cloud in ("azure", "gcp"):
        assert f"ml-posture-auditor[{cloud}]" in refused.stderr
    assert "Traceback" not in refused.stderr
    server.stop()


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
