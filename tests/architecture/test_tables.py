"""A room's tables are its own: foreign keys point back along the journey, and no other room's SQL names them."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from django.apps import apps
from django.db import models

from tests.architecture.house import SOURCE, journey_order, near, python_files, room_of, rooms, texts

# SQL outside a room that names its tables all the same: file -> tables and the reason.
DECLARED: dict[str, tuple[set[str], str]] = {
    "src/seguripago/journey/delivery/migrations/0004_parcels.py": (
        {"shop_order", "shop_order_line"},
        "parcels of before get the pieces and the promise of their orders, once",
    ),
}

# Views that a room offers to later ones, their columns promised where they are made; a later room counts with them what
# would otherwise travel row by row.
OFFERED: dict[str, str] = {
    "assistance_talk": "the supervisor's wall and reports count conversations, a year of them at once",
    "assistance_hand_over": "the reports count why the assistant called a person",
}


@cache
def floor_of(room: str) -> int:
    """Give a room's height: foundations lie under the whole journey, side by side."""
    for height, step in enumerate(journey_order(), start=1):
        if room in step:
            return height
    return 0


def our_models() -> list[type[models.Model]]:
    ours = {room.name for room in rooms()}
    return [model for model in apps.get_models() if model._meta.app_label in ours]


@cache
def tables() -> dict[str, str]:
    """Give the room of every table that is ours."""
    return {model._meta.db_table: model._meta.app_label for model in our_models()}


def keys() -> list[tuple[type[models.Model], models.ForeignKey[models.Model, models.Model]]]:
    return [
        (model, field)
        for model in our_models()
        for field in model._meta.get_fields()
        if isinstance(field, models.ForeignKey)
    ]  # fmt: skip


def test_foreign_keys_point_back_along_the_journey() -> None:
    faults = []
    for model, field in keys():
        source, target = model._meta.app_label, field.related_model._meta.app_label
        if source == target or target not in {room.name for room in rooms()}:
            continue
        if floor_of(target) >= floor_of(source) and floor_of(source) > 0:
            faults.append(f"{source}.{model.__name__}.{field.name} points at {target}")
        if floor_of(source) == 0 and floor_of(target) > 0:
            faults.append(f"{source}.{model.__name__}.{field.name} points up at {target}")
    assert not faults, "\n".join(faults)


def test_a_row_that_others_point_at_is_never_deleted_silently() -> None:
    loose = [
        f"{model._meta.label}.{field.name}"
        for model, field in keys()
        if field.remote_field.on_delete is not models.PROTECT and model._meta.app_label != "people"
    ]  # fmt: skip
    assert not loose, f"on_delete=PROTECT: {loose}"


def test_every_constraint_has_a_name_that_says_something() -> None:
    faults = [
        f"{model._meta.label}: {constraint.name}"
        for model in our_models()
        for constraint in model._meta.constraints
        if len(constraint.name) < 8
    ]  # fmt: skip
    assert not faults


def test_no_nullable_column_stands_in_a_unique_constraint() -> None:
    faults = []
    for model in our_models():
        for constraint in model._meta.constraints:
            # Where NULL is equal to NULL, the constraint holds for it too.
            if getattr(constraint, "nulls_distinct", None) is False:
                continue
            if isinstance(constraint, models.UniqueConstraint) and constraint.condition is None:
                for name in constraint.fields:
                    if model._meta.get_field(name).null:
                        faults.append(f"{model._meta.label}.{name} in {constraint.name}")
    assert not faults, "\n".join(faults)


def test_no_model_orders_itself() -> None:
    assert not [model._meta.label for model in our_models() if model._meta.ordering]


def named_tables(text: str) -> set[str]:
    words = set(re.findall(r"\b[a-z]+_[a-z_]+\b", text))
    return words & tables().keys()


def test_sql_names_only_tables_of_its_own_room() -> None:
    faults = []
    for path in python_files(migrations=True):
        room = room_of(path)
        foreign = {
            table
            for _, text in texts(path)
            if re.search(r"\b(select|insert|update|delete|from|join|into|truncate)\b", text, re.IGNORECASE)
            for table in named_tables(text)
            if tables()[table] != room
        }
        foreign -= DECLARED.get(near(path), (set(), ""))[0]
        if foreign:
            faults.append(f"{near(path)} names {sorted(foreign)}")
    assert not faults, "\n".join(faults)


@cache
def views() -> dict[str, str]:
    """Give the room of every view."""
    found = {}
    for path in sorted(SOURCE.rglob("*.sql")):
        for name in re.findall(r"^CREATE (?:OR REPLACE )?VIEW (\w+)", path.read_text(), re.MULTILINE):
            found[name] = room_of(path) or ""
    return found


@cache
def readings() -> tuple[tuple[Path, str], ...]:
    """Give every view that the SQL of another room, or of no room, reads: (file, view)."""
    source = re.compile(r"\b(?:from|join)\s+(\w+)", re.IGNORECASE)
    return tuple(
        (path, view)
        for path in python_files()
        for view in {word for _, text in texts(path) for word in source.findall(text)} & views().keys()
        if room_of(path) != views()[view]
    )


def test_a_view_is_read_in_its_room_or_where_it_is_offered_to_a_later_one() -> None:
    faults = [
        f"{near(path)} reads {view}"
        for path, view in readings()
        if view not in OFFERED or floor_of(room_of(path) or "") <= floor_of(views()[view])
    ]
    assert not faults, "\n".join(faults)


def test_what_is_offered_is_taken() -> None:
    assert OFFERED.keys() == {view for _, view in readings()}


def test_sql_files_look_only_back() -> None:
    """Views of invariants may join earlier rooms; nothing may name a later one."""
    faults = []
    for path in sorted(SOURCE.rglob("*.sql")):
        room = room_of(Path(path))
        assert room is not None, f"{near(path)} is in no room"
        ahead = [table for table in named_tables(path.read_text()) if floor_of(tables()[table]) > floor_of(room)]
        if ahead:
            faults.append(f"{near(path)} names {sorted(ahead)}")
    assert not faults, "\n".join(faults)
