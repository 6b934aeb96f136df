"""What tests expect of rules."""

from typing import Any

import pytest

from portal.rules import RuleBroken


def refuses(code: str) -> Any:
    """What is done inside is refused by a rule, with this code."""
    return pytest.raises(RuleBroken, check=lambda broken: broken.code == code)
