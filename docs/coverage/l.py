"""Part L of the table."""

from docs.coverage import Row

ROWS: tuple[Row, ...] = ()
