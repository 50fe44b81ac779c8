"""What makes files of the repository from other sources; not part of the package."""
