"""What the claims on speed and size are measured with: ``python -m bench.run``."""
