import json

import django.db.models.deletion
from django.db import migrations, models
from django.utils import timezone

from seguripago.foundations.stores import keyring


def move_secrets(apps, schema_editor):
    Store, StoreFeed = apps.get_model("stores", "Store"), apps.get_model("stores", "StoreFeed")
    for store in Store.objects.all():
        secrets = json.loads(keyring.unseal(store.feed_secrets, belongs_to=f"store:{store.slug}:feeds"))
        for feed, secret in secrets.items():
            inside = json.dumps({"secrets": [secret], "credentials": {}}).encode()
            StoreFeed.objects.create(
                store=store,
                feed=feed,
                sealed=keyring.seal(inside, belongs_to=f"store:{store.slug}:feed:{feed}"),
                has_secret=bool(secret),
                changed_at=timezone.now(),
            )


class Migration(migrations.Migration):
    dependencies = [("stores", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="StoreFeed",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("feed", models.CharField(max_length=20)),
                (
                    "sealed",
                    models.BinaryField(help_text="Secrets and credentials as JSON, encrypted with the main key."),
                ),
                ("allowed_addresses", models.JSONField(default=list)),
                ("has_secret", models.BooleanField(default=False)),
                ("given", models.JSONField(default=list, help_text="Names of the credentials that are set.")),
                (
                    "previous_until",
                    models.DateTimeField(help_text="When the secret before this one stops opening.", null=True),
                ),
                ("changed_at", models.DateTimeField()),
                (
                    "store",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="feeds", to="stores.store"
                    ),
                ),
            ],
            options={"db_table": "store_feed"},
        ),
        migrations.AddConstraint(
            model_name="storefeed",
            constraint=models.UniqueConstraint(fields=("store", "feed"), name="store_feed_once"),
        ),
        # The column that is read here is dropped by the next migration, which cannot be undone.
        migrations.RunPython(move_secrets, migrations.RunPython.noop),
    ]
