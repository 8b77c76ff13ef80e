"""Pages and API, for granian or any WSGI server."""

import gc
import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "seguripago.config.settings")

from django.core.wsgi import get_wsgi_application

application = get_wsgi_application()

from seguripago.config import wiring  # noqa: E402

wiring.connect()

# What is loaded now stays for ever: the collector need not walk over it while a bank waits for its answer.
gc.collect()
gc.freeze()
