"""Generated data. Modules rather than files, so that what uses it needs no file system."""
