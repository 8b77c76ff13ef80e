from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    operations = [
        migrations.CreateModel(
            name="LimitWindow",
            fields=[
                (
                    "key",
                    models.UUIDField(
                        help_text="128 bits of a hash under the day's salt.", primary_key=True, serialize=False
                    ),
                ),
                ("count", models.IntegerField()),
                ("ends_at", models.DateTimeField()),
            ],
            options={
                "db_table": "limit_window",
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("count__gt", 0)), name="limit_window_counts")
                ],
                "indexes": [models.Index(fields=["ends_at"], name="limit_window_ends")],
            },
        ),
        # A count is worth no disk's time: whatever a crash takes was forgotten within the hour anyway.
        migrations.RunSQL("ALTER TABLE limit_window SET UNLOGGED", "ALTER TABLE limit_window SET LOGGED"),
    ]
