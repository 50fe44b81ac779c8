"""What the parts of the demo's Google Cloud project call themselves and each other."""

from __future__ import annotations

PROJECT = "lumen-forecast-prod"
NUMBER = "730241865519"
NAME = "Lumen Forecast production"
DOMAIN = "lumenforecast.example"
REGIONS = ("us-central1", "europe-west4")


def account(name: str) -> str:
    return f"{name}@{PROJECT}.iam.gserviceaccount.com"


def key(location: str, ring: str, name: str) -> str:
    return f"projects/{PROJECT}/locations/{location}/keyRings/{ring}/cryptoKeys/{name}"
