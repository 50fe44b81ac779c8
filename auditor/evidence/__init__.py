"""The evidence pack: written, signed, verified and replayed. See docs/evidence.md."""
