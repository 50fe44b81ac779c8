"""Errors that speak to the operator: what happened, and what to do next."""

from __future__ import annotations


class AuditorError(Exception):
    """An error of use, configuration or environment. Shown as one line and a hint, never as a traceback."""

    exit_code = 2

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class UsageError(AuditorError):
    """The command line or the configuration asks for something that cannot be done."""


class CheckFileError(AuditorError):
    """A check file is broken, or collides with another."""


class FrameworkDataError(AuditorError):
    """A framework's data files are broken. Names the file and the line."""


class CredentialsError(AuditorError):
    """A cloud refused the credentials, or none were found."""


class NotInstalled(AuditorError):
    """A package that is only needed for what was asked is not installed."""


class ProviderNotInstalled(NotInstalled):
    """The SDK of a cloud is not installed."""


class RecordingError(AuditorError):
    """A recording is missing, damaged, or of another version."""


class OutputError(AuditorError):
    """A result could not be written."""


class StoredAuditError(AuditorError):
    """A stored audit is missing, damaged, or of another schema version."""


class EvidenceError(AuditorError):
    """An evidence pack is not what it says it is, or cannot be made from what is there."""

    exit_code = 5
