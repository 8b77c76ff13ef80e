"""Every index is paid for at each write: none says again what another one says."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.db import connection

from tests.architecture.house import rooms

pytestmark = pytest.mark.django_db

CONTAINED = """
    SELECT few.indrelid::regclass::text, few.indexrelid::regclass::text, more.indexrelid::regclass::text
    FROM pg_index few JOIN pg_index more ON more.indrelid = few.indrelid AND more.indexrelid <> few.indexrelid
    JOIN pg_class name ON name.oid = few.indexrelid JOIN pg_am way ON way.oid = name.relam AND way.amname = 'btree'
    WHERE NOT few.indisunique AND few.indexprs IS NULL AND few.indpred IS NULL AND more.indpred IS NULL
    AND few.indnkeyatts < more.indnkeyatts
    AND string_to_array(few.indkey::text, ' ') = (string_to_array(more.indkey::text, ' '))[1:few.indnkeyatts]
    AND string_to_array(few.indclass::text, ' ') = (string_to_array(more.indclass::text, ' '))[1:few.indnkeyatts]
"""


def contained() -> set[tuple[str, str, str]]:
    """Give (table, index, the index that begins with it) of the tables that are ours."""
    ours = {room.name for room in rooms()}
    tables = {model._meta.db_table for model in apps.get_models() if model._meta.app_label in ours}
    with connection.cursor() as cursor:
        cursor.execute(CONTAINED)
        return {row for row in cursor.fetchall() if row[0] in tables}


def test_no_index_is_the_beginning_of_another() -> None:
    assert contained() == set(), "give the foreign key db_index=False, or drop the shorter index"


def test_one_index_too_many_is_noticed() -> None:
    with connection.cursor() as cursor:
        cursor.execute("CREATE INDEX too_many ON payment (order_id)")
    assert contained() == {("payment", "too_many", "payment_one_per_rail")}
