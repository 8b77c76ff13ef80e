"""What a model declares stands in the database: a migration that drops more than it says is found here."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.db import connection

pytestmark = pytest.mark.django_db


def test_every_constraint_and_index_of_a_model_stands_in_the_database() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT conname FROM pg_constraint UNION SELECT indexname FROM pg_indexes WHERE schemaname = 'public'"
        )
        standing = {name for (name,) in cursor.fetchall()}
    ours = [model for model in apps.get_models() if model.__module__.startswith("seguripago.")]
    declared = {
        each.name: model._meta.label for model in ours for each in (*model._meta.constraints, *model._meta.indexes)
    }
    assert len(declared) > 100
    assert {name: model for name, model in declared.items() if name not in standing} == {}


def test_every_unique_column_is_unique_in_the_database() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT i.indrelid::regclass::text, a.attname
            FROM pg_index i JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0]
            WHERE i.indisunique AND i.indnkeyatts = 1 AND i.indpred IS NULL
            """
        )
        standing = set(cursor.fetchall())
    ours = [model for model in apps.get_models() if model.__module__.startswith("seguripago.")]
    wanted = {
        (model._meta.db_table, field.column) for model in ours for field in model._meta.local_fields if field.unique
    }
    assert wanted - standing == set()
