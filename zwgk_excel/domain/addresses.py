"""The syntax of mail addresses, for settings, roster and sent mails."""

from __future__ import annotations

import re

ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]"
"""One character of a local part (RFC 5322, 3.2.3); full stops stand between runs of them."""
DOMAIN = r"[A-Za-z0-9-]"
"""One character of a domain's label."""
LONGEST_LOCAL, LONGEST = 64, 254
"""RFC 5321, 4.5.3.1: of the local part, and of a path without its angle brackets."""

_LABEL = rf"(?!-){DOMAIN}{{1,63}}(?<!-)"
_ADDRESS = re.compile(
    rf"(?=[^@]{{1,{LONGEST_LOCAL}}}@){ATOM}+(?:\.{ATOM}+)*"
    # The last label is no number (RFC 3696, 2), else ``a@192.0.2.1`` would be taken for a name.
    rf"@(?:{_LABEL}\.)+(?!\d+$){_LABEL}"
)


def is_address(text: str) -> bool:
    """Whether a text is one bare mail address as SMTP servers accept it: ASCII, a dot-atom, a domain of two labels.

    Not accepted: quoted local parts and address literals, which no office has; domains of one label, which RFC 7085
    forbids and which usually are a truncated domain; and SMTPUTF8 addresses, which few servers support.
    """
    return len(text) <= LONGEST and _ADDRESS.fullmatch(text) is not None
