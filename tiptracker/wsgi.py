"""The door for web servers (granian in production and in the demonstration)."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tiptracker.settings")
application = get_wsgi_application()
