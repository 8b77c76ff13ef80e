from typing import ClassVar

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies: ClassVar = [("assistance", "0011_supervision_leaves")]
    operations: ClassVar = [
        migrations.AddConstraint(
            model_name="entry",
            constraint=models.CheckConstraint(
                condition=~Q(("author_kind", "buyer")) | Q(("kind", "text")), name="assistance_buyers_only_speak"
            ),
        ),
        migrations.AddConstraint(
            model_name="entry",
            constraint=models.CheckConstraint(
                condition=~Q(("author_kind", "analyst")) | Q(("kind__in", ("text", "note", "join"))),
                name="assistance_analysts_make_no_status",
            ),
        ),
    ]
