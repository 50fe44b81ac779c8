"""``python -m bench.report``: how long an audit of 20,000 findings takes to render, how large the report is, and how
soon a browser lets a person work with it.

The audit is that of the embedded estate, once for each of as many organizations as it takes: every account, finding,
resource and call of a copy has an identity of its own, so nothing is smaller than in a real audit. Rendering runs in a
process of its own, and its time is that of the processor; the browser's is wall time from opening the file to the first
rows of the explorer on the screen and an input that answers. The best of three counts.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

FINDINGS, ROUNDS = 20_000, 3
AT_MOST = {"render_seconds": 10.0, "megabytes": 15.0, "interactive_seconds": 2.0}
RESULTS = Path(__file__).parent / "results" / "report.json"
FLAGS = ("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update")
PER_FINDING = ("findings", "resources", "listings", "gaps", "calls", "fix_first", "settle_first", "reconciliation")
PER_ACCOUNT = ("scopes", "principals")

Json = dict[str, Any]


def estate(findings: int) -> Json:
    """The demo's audit, repeated until it has so many findings."""
    from auditor.demo import run_demo
    from auditor.render.document import dump, to_document
    from auditor.run import Listener
    from auditor.settings import Settings

    result = run_demo(Settings(), Listener())
    text = "".join(dump(to_document(result.audit, result.scores, result.catalog)))
    return repeated(json.loads(text), -(-findings // len(json.loads(text)["findings"])))


def repeated(document: Json, copies: int) -> Json:
    """The document with its accounts, and all that is said of them, so many times."""
    whole = renamed(document, 0)
    for number in range(1, copies):
        copy = renamed(document, number)
        for name in (*PER_FINDING, *PER_ACCOUNT):
            whole[name] = [*whole.get(name, []), *copy.get(name, [])]
        whole["score"]["accounts"] += copy["score"]["accounts"]
    for number, call in enumerate(whole["calls"], 1):
        call["number"] = number
    counts = ("pass", "fail", "not_assessed", "not_applicable", "inherited")
    tallies = [e for f in whole["frameworks"] for c in f["controls"] for e in c["evidence"]]
    for tally in (whole["coverage"], *tallies):
        tally.update({key: value * copies for key, value in tally.items() if key in (*counts, "answered", "asked")})
    return whole


def renamed(document: Json, number: int) -> Json:
    """A copy whose accounts, findings and calls are others."""
    text = json.dumps(document)
    for scope in document["scopes"]:
        text = text.replace(scope["account"], other(scope["account"], number))
    copy: Json = json.loads(text)
    new = identities(copy["calls"], "id", number)
    prints = identities(copy["findings"], "fingerprint", number)
    replace_ids(copy, {"calls", "id", "page_of"}, new)
    replace_ids(copy, {"fingerprint", "fingerprints"}, prints)
    for scope in (*copy["scopes"], *copy["score"]["accounts"]):
        scope["name"] = f"{scope['name']}-{number}"
    return copy


def other(account: str, number: int) -> str:
    """An account id of the same length and form."""
    digits = f"{100 + number:03d}"
    return account if number == 0 else f"{account[: -len(digits)]}{digits}"


def identities(rows: Iterable[Json], key: str, number: int) -> dict[str, str]:
    return {row[key]: hashlib.sha256(f"{number} {row[key]}".encode()).hexdigest()[: len(row[key])] for row in rows}


def replace_ids(value: Any, keys: set[str], new: dict[str, str], within: bool = False) -> Any:
    """Everywhere below the given keys, in place."""
    if isinstance(value, dict):
        for key, item in value.items():
            value[key] = replace_ids(item, keys, new, key in keys)
    elif isinstance(value, list):
        value[:] = [replace_ids(item, keys, new, within) for item in value]
    elif within and isinstance(value, str):
        return new.get(value, value)
    return value


def render(audit: Path, out: Path) -> Json:
    """In a process of its own: seconds of the processor, and peak memory."""
    program = (
        "import json, resource, sys, time\n"
        "from pathlib import Path\n"
        "from auditor.render.html import report_pieces\n"
        "document = json.loads(Path(sys.argv[1]).read_text())\n"
        "began = time.process_time()\n"
        "with open(sys.argv[2], 'w', encoding='utf-8') as file: file.writelines(report_pieces(document))\n"
        "peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024\n"
        "print(json.dumps({'seconds': time.process_time() - began, 'peak_megabytes': peak}))\n"
    )
    done = subprocess.run([sys.executable, "-c", program, audit, out], check=True, stdout=subprocess.PIPE, text=True)
    measured: Json = json.loads(done.stdout)
    return measured


def opened(chromium: str, report: Path) -> float:
    """Seconds from opening the report's explorer until it has rows and has answered to a key."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=list(FLAGS))
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        began = time.monotonic()
        page.goto(f"{report.as_uri()}#explore", wait_until="commit")
        search = page.locator("#explore-q")
        page.locator("#explore-rows a").first.wait_for()
        search.press("a")
        page.wait_for_function("document.querySelector('#explore-q').value === 'a'")
        ended = time.monotonic()
        browser.close()
    return ended - began


def best(measure: Callable[[], float]) -> float:
    return min(measure() for _ in range(ROUNDS))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", type=Path, default=RESULTS, help="where the numbers go")
    parser.add_argument("--keep", type=Path, help="a folder for the audit and the report")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = options.keep or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        audit, report = folder / "audit.json", folder / "report.html"
        document = estate(FINDINGS)
        sizes = {name: len(document[name]) for name in ("findings", "resources", "calls")}
        audit.write_text(json.dumps(document), encoding="utf-8")
        del document
        rendered = [render(audit, report) for _ in range(ROUNDS)]
        found: Json = {
            **sizes,
            "accounts": 0,
            "render_seconds": round(min(r["seconds"] for r in rendered), 2),
            "peak_megabytes": round(min(r["peak_megabytes"] for r in rendered), 1),
            "megabytes": round(report.stat().st_size / 1e6, 2),
        }
        found["accounts"] = len(json.loads(audit.read_text())["scopes"])
        if chromium := next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None):
            found["interactive_seconds"] = round(best(lambda: opened(chromium, report)), 2)
    found["targets"] = {k: {"at_most": most, "met": found[k] <= most} for k, most in AT_MOST.items() if k in found}
    options.json.parent.mkdir(parents=True, exist_ok=True)
    options.json.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(found, indent=1))
    if not all(target["met"] for target in found["targets"].values()):
        raise SystemExit("a target was missed")


if __name__ == "__main__":
    main()
