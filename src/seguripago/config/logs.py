"""What a log line may not say: whoever reads logs must not open a buyer's page or a payment link with them."""

from __future__ import annotations

import logging
import re
from typing import Final

_KEYS: Final = re.compile(r"/(pago|pedido)/(?!abierto/)[^/\s?#\"']{12,}")


class WithoutKeys(logging.Filter):
    """Leave the secret out of the addresses that are their own key: `/pago/…/`, `/pedido/…/estado/`."""

    def filter(self, record: logging.LogRecord) -> bool:
        said = record.getMessage()
        masked = _KEYS.sub(r"/\1/…", said)
        if masked != said:
            record.msg, record.args = masked, None
        return True
