"""Pages are asked for with no collected files: the folder must be there, or WhiteNoise warns."""

from pathlib import Path

import pytest
from django.conf import settings


@pytest.fixture(autouse=True, scope="session")
def folder_of_collected_files() -> None:
    Path(settings.STATIC_ROOT).mkdir(parents=True, exist_ok=True)
