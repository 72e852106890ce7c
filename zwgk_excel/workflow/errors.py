"""What a person did wrong, in one sentence for that person."""

from __future__ import annotations


class UserError(Exception):
    """Wrong usage or input: one clear Chinese sentence, nothing was changed."""
