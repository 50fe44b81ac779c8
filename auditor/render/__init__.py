"""One file per output format. Every format is made from the document, so a stored audit renders like a fresh one."""
