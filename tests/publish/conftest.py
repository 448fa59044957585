"""A warehouse for each test."""

from __future__ import annotations

from pathlib import Path

import pytest
from publish_warehouse import Warehouse, make_warehouse


@pytest.fixture
def warehouse(tmp_path: Path) -> Warehouse:
    return make_warehouse(tmp_path)
