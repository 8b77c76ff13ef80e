"""Deposits that may be one and the same money: a CEP's seal does not cover the tracking key, nor does a clerk's eye."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from typing import Final

from django.db import connection

SAME: Final = """
    y.clabe = x.clabe AND y.store_id = x.store_id AND y.id <> x.id AND y.sending_institution = x.sending_institution
    AND y.operation_date = x.operation_date AND y.amount_centavos = x.amount_centavos AND y.currency = x.currency
"""
ONLY_CAPTURED: Final = """
    NOT EXISTS (
        SELECT 1 FROM deposit_attestation a WHERE a.deposit_id = {0}.id AND a.believed AND a.agrees
            AND a.feed NOT IN ('banxico_cep', 'by_hand')
    )
"""
SAID_TO_BE_ANOTHER: Final = """
    EXISTS (
        SELECT 1 FROM deposit_attestation a JOIN bank_capture_taken t ON t.notice_id = a.notice_id
        JOIN bank_capture c ON c.id = t.capture_id WHERE a.deposit_id = x.id AND c.is_another
    )
"""
TWINS: Final = f"""
    SELECT x.id, y.id FROM deposit x
    JOIN deposit y ON {SAME} AND y.feed IN ('banxico_cep', 'by_hand')
    WHERE x.id = ANY(%s) AND {ONLY_CAPTURED.format("y")} AND NOT {SAID_TO_BE_ANOTHER}
    UNION
    SELECT x.id, y.id FROM deposit x JOIN deposit y ON {SAME}
    WHERE x.id = ANY(%s) AND x.feed IN ('banxico_cep', 'by_hand') AND {ONLY_CAPTURED.format("x")}
        AND NOT {SAID_TO_BE_ANOTHER}
"""  # noqa: S608 - constants


def captured_twins(ids: Collection[int]) -> Mapping[int, tuple[int, ...]]:
    """By each of these deposits, those that equal it in all that a seal covers and differ in the tracking key.

    Only where one of the two was let in by two people and no bank has told it under its key; not where they said that
    it is another one.
    """
    found: dict[int, list[int]] = defaultdict(list)
    asked = list(ids)
    with connection.cursor() as cursor:
        cursor.execute(TWINS, [asked, asked])
        for deposit_id, other in sorted(cursor.fetchall()):
            found[deposit_id].append(other)
    return {deposit_id: tuple(others) for deposit_id, others in found.items()}
