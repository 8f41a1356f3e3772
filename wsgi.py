"""The WSGI application: any WSGI server runs `wsgi:app`."""

import os

from accredit.app import create_served
from accredit.config import load_settings
from accredit.starting import refuse_unsafe_start

settings = load_settings()
# What `accredit serve` refuses, no other server starts on either.
refuse_unsafe_start(settings, os.environ)
app = create_served(settings)
