"""The rules in force: recorded before the first write, and an act where they have changed since."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest
from sqlalchemy import text

from tests.ledger.conftest import opened
from tests.ledger.samples import NOVEMBER, now, receipt
from zwgk_excel.domain.acts import ActKind, ActSource, Change
from zwgk_excel.domain.decisions import MergeDecision
from zwgk_excel.ledger import Ledger, LedgerDamagedError, NotUndoableError
from zwgk_excel.ledger.engine import writing
