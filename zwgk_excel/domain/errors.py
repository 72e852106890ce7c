"""The common base class of the exceptions that the package raises on purpose."""

from __future__ import annotations


class ZwgkError(Exception):
    """A request cannot be carried out; programming errors are never of this class.

    Those that reach a user (``UserError``, ``LedgerError``, ``RejectedFileError``, ``TransportFault`` …) are one
    Chinese sentence with the cause and the remedy.
    """
