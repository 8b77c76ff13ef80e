from typing import ClassVar

from django.db import migrations, models
from django.db.models import Q

from seguripago.foundations.sql_files import run_file


class Migration(migrations.Migration):
    dependencies: ClassVar = [("assistance", "0009_caller"), ("stores", "0007_chat_months")]
    operations: ClassVar = [
        migrations.AddField(
            model_name="conversation",
            name="forgotten_at",
            field=models.DateTimeField(
                help_text="When its texts and personal data were blanked, their time being over.", null=True
            ),
        ),
        migrations.AddIndex(
            model_name="conversation",
            index=models.Index(
                condition=Q(("forgotten_at__isnull", True)),
                fields=["store", "last_buyer_at"],
                name="assistance_to_forget",
            ),
        ),
        run_file(
            __file__,
            "forgetting.sql",
            reverse="DROP TRIGGER assistance_entry_is_append_only ON assistance_entry;"
            "CREATE TRIGGER assistance_entry_is_append_only BEFORE UPDATE OR DELETE ON assistance_entry"
            " FOR EACH ROW EXECUTE FUNCTION refuse_change();"
            "DROP FUNCTION assistance_entry_only_forgets(); DROP FUNCTION assistance_forgotten(jsonb);",
        ),
    ]
