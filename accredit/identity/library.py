"""Flask-Security, without what it would load for pages of its own that do not exist here.

Where libraries for WebAuthn and encryption are installed it loads all of them at once: a third
of a second and fourteen megabytes in every worker. Ours are asked for when somebody shows a key
or a code.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def _as_if_absent(module: str) -> Iterator[None]:
    """Inside, importing the module fails as if it were not installed."""
    if module in sys.modules:
        yield
        return
    sys.modules[module] = None  # type: ignore[assignment] # what makes an import fail
    try:
        yield
    finally:
        del sys.modules[module]


with _as_if_absent("webauthn"), _as_if_absent("cryptography"):
    from flask_security.core import RoleMixin, Security, UserMixin
    from flask_security.datastore import SQLAlchemyUserDatastore
    from flask_security.utils import hash_password, set_request_attr, verify_password

__all__ = [
    "RoleMixin",
    "SQLAlchemyUserDatastore",
    "Security",
    "UserMixin",
    "hash_password",
    "set_request_attr",
    "verify_password",
]
