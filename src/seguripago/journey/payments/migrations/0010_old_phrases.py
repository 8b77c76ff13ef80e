"""Links of before there were phrases get theirs: a page that shows none would tell its buyer not to pay."""

from typing import Any, ClassVar

from django.conf import settings
from django.db import migrations

from seguripago.journey.payments.rules.phrases import phrase
from seguripago.ports.store_secrets import store_secret


def give_phrases(apps: Any, schema_editor: Any) -> None:
    """Write the phrase that each handle has by its store's seed; a phrase that is there stays."""
    link = apps.get_model("payments", "Link")
    keys = dict(apps.get_model("stores", "Store").objects.values_list("pk", "hook_key"))
    seeds: dict[int, bytes] = {}
    for pk, store_id, handle in link.objects.filter(phrase="").values_list("pk", "store_id", "handle").iterator():
        if store_id not in seeds:
            seeds[store_id] = store_secret(settings.SEGURIPAGO.main_key, "link:phrase", keys[store_id]).encode()
        link.objects.filter(pk=pk).update(phrase=phrase(seeds[store_id], handle))


class Migration(migrations.Migration):
    dependencies: ClassVar = [("payments", "0009_refunds"), ("stores", "0001_initial")]
    operations: ClassVar = [
        migrations.RunSQL(
            "SET CONSTRAINTS ALL IMMEDIATE; ALTER TABLE payment_link DISABLE TRIGGER link_keeps_its_word",
            migrations.RunSQL.noop,
        ),
        migrations.RunPython(give_phrases, migrations.RunPython.noop),
        migrations.RunSQL("ALTER TABLE payment_link ENABLE TRIGGER link_keeps_its_word", migrations.RunSQL.noop),
    ]
