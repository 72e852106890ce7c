"""What is said of several checks, on the terminal and in Excel."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence

from zwgk_excel.domain.link_checks import LinkCheck
from zwgk_excel.layout.link_words import verdict_of
from zwgk_excel.workflow.verification.verifying import host_of


def counted(checks: Sequence[LinkCheck]) -> str:
    """How many there are of each verdict, the most first; empty for none."""
    counts = Counter(map(verdict_of, checks))
    return "，".join(f"{name} {number}" for name, number in counts.most_common())


def silent_hosts(checks: Sequence[LinkCheck]) -> list[str]:
    """Hosts of several links of which none gave any answer: this computer may have no way to them."""
    answered: dict[str, list[bool]] = defaultdict(list)
    for each in checks:
        if each.visit is not None:
            answered[host_of(each.visit.url)].append(bool(each.visit.status))
    return [host for host, every in answered.items() if len(every) > 1 and not any(every)]
