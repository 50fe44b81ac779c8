"""Which of many resources the patterns of policies match, as bits of a number."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence

from auditor.access.engine.answer import Layer
from auditor.access.engine.patterns import resource_matches
from auditor.access.engine.policies import Rule


class Matches:
    """Which of some resources a pattern matches, as bits."""

    def __init__(self, resources: Sequence[str]) -> None:
        self.resources = resources
        self.all = (1 << len(resources)) - 1
        order = sorted(range(len(resources)), key=resources.__getitem__)
        self._sorted = [resources[n] for n in order]
        self._order = order
        self._known: dict[tuple[str, bool], int] = {}

    def of(self, pattern: str, short: bool) -> int:
        found = self._known.get((pattern, short))
        if found is None:
            found = self._known[pattern, short] = self._look(pattern, short)
        return found

    def _look(self, pattern: str, short: bool) -> int:
        mask = 0
        for number in self._from(pattern):
            # not through the cache of resource_matches: millions of pairs would fill it
            if resource_matches.__wrapped__(pattern, self.resources[number], short):
                mask |= 1 << number
        return mask

    def _from(self, pattern: str) -> Iterator[int]:
        """The resources that begin as the pattern does."""
        literal = pattern[: next((n for n, c in enumerate(pattern) if c in "*?$"), len(pattern))]
        at = bisect_left(self._sorted, literal)
        while at < len(self._sorted) and self._sorted[at].startswith(literal):
            yield self._order[at]
            at += 1

    def _of_rule(self, pattern: str, rule: Rule) -> int | None:
        """None where a variable decides."""
        if rule.variables and "${" in pattern:
            return None
        return self.of(pattern, short(rule))

    def granted(self, rules: Iterable[Rule]) -> int:
        mask = 0
        for rule in rules:
            if not rule.allow or rule.layer is not Layer.IDENTITY:
                continue
            if rule.source.not_resources is not None:
                return self.all
            for pattern in rule.source.resources:
                found = self._of_rule(pattern, rule)
                mask |= found if found is not None else sum(1 << n for n in self._from(pattern))
        return mask

    def split(self, rules: Iterable[Rule], wanted: int) -> list[int]:
        parts, alone = [wanted], 0
        seen: set[tuple[str, bool]] = set()
        for rule in rules:
            for pattern in (*rule.source.resources, *(rule.source.not_resources or ())):
                if (pattern, short(rule)) in seen:
                    continue
                seen.add((pattern, short(rule)))
                match = self._of_rule(pattern, rule)
                if match is None:
                    alone |= sum(1 << n for n in self._from(pattern))
                elif match & wanted and match & wanted != wanted:
                    parts = [piece for part in parts for piece in (part & match, part & ~match) if piece]
        if not alone & wanted:
            return parts
        kept = [part & ~alone for part in parts if part & ~alone]
        return kept + [1 << n for n in range(wanted.bit_length()) if (alone & wanted) >> n & 1]


def short(rule: Rule) -> bool:
    """Its patterns may be ARNs of fewer fields."""
    return rule.layer in (Layer.IDENTITY, Layer.BOUNDARY, Layer.SESSION, Layer.ENDPOINT)
