"""Secrets that must be read again: encrypted and bound to what they are for."""

from __future__ import annotations

import base64
import hashlib
import secrets

_NONCE = 12


class UnsealedError(ValueError):
    """What was given was not sealed with this key, or for another purpose."""


def seal(key: str, secret: bytes, purpose: str) -> str:
    """Encrypt with AES-256-GCM; only the same purpose opens it again."""
    # Loaded where a second factor is used: a worker that only shows pages does without.
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    nonce = secrets.token_bytes(_NONCE)
    box = nonce + AESGCM(_derived(key)).encrypt(nonce, secret, purpose.encode())
    return base64.urlsafe_b64encode(box).decode()


def unseal(key: str, sealed: str, purpose: str) -> bytes:
    """The secret again; raises `UnsealedError`."""
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    try:
        box = base64.urlsafe_b64decode(sealed.encode())
        return AESGCM(_derived(key)).decrypt(box[:_NONCE], box[_NONCE:], purpose.encode())
    except (InvalidTag, ValueError) as error:
        raise UnsealedError from error


def _derived(key: str) -> bytes:
    """The key of this module alone: the application's key signs other things."""
    return hashlib.sha256(b"accredit second factors\0" + key.encode()).digest()
