"""The common base of every exception that the package raises on purpose."""

from __future__ import annotations


class ZwgkError(Exception):
    """Something that was asked for cannot be done; what went wrong inside the program is never one of these.

    Those that reach a user (``UserError``, ``LedgerError``, ``Rejected``, ``PostFault`` …) are one Chinese sentence
    that says what was found and what to do.
    """
