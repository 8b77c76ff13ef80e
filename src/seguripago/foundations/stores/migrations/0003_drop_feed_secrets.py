from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("stores", "0002_store_feeds")]

    operations = [migrations.RemoveField(model_name="store", name="feed_secrets")]
