"""JSON as the database keeps it: one encoder for all, because making one costs more than a short text."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, Final

json_text: Final[Callable[[Any], str]] = json.JSONEncoder(ensure_ascii=False).encode
"""Write a value as JSON, letters as they are."""
