"""Exit codes, part of the contract with schedulers. When several apply the first of 1, 2, 4, 3 wins."""

DONE = 0
DEFECT = 1
USAGE = 2
FINDINGS = 3
COVERAGE = 4
EVIDENCE = 5
INTERRUPTED = 130
