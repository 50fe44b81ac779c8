"""Evaluation of AWS requests over every policy layer: four answers, each with its proof."""

from auditor.access.engine.answer import Answer, Decision, Proof
from auditor.access.engine.plain import UNREAD, decide

__all__ = ["UNREAD", "Answer", "Decision", "Proof", "decide"]
