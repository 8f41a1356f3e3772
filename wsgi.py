"""The WSGI application: any WSGI server runs `wsgi:app`."""

from accredit.app import create_app

app = create_app()
