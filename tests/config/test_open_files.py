"""Every open stream is an open file: the streams' process takes as many as the machine lets it."""

from __future__ import annotations

import subprocess
import sys

LOW = """
import resource
_, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
resource.setrlimit(resource.RLIMIT_NOFILE, (256, hard))
from seguripago.config.command_line_servers import allow_every_file
allow_every_file()
assert resource.getrlimit(resource.RLIMIT_NOFILE) == (hard, hard), resource.getrlimit(resource.RLIMIT_NOFILE)
"""


def test_the_soft_limit_becomes_the_hard_one() -> None:
    told = subprocess.run([sys.executable, "-c", LOW], capture_output=True, text=True, check=False, timeout=60)
    assert told.returncode == 0, told.stderr
