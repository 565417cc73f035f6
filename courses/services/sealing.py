"""Encryption of what must not be readable in the database alone: AES-GCM, with keys that the database does not have."""

from __future__ import annotations

import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

NONCE_BYTES, KEY_BYTES = 12, 32


class SealError(ValueError):
    """The data were sealed with another key or for another place, or were changed."""


def new_key() -> bytes:
    """Return a key that is used once."""
    return AESGCM.generate_key(8 * KEY_BYTES)


def installation_key(purpose: str) -> bytes:
    """Return the installation's key for one purpose: from LECTERN_EMBEDDING_KEY, or else from SECRET_KEY."""
    secret = str(settings.EMBEDDING_KEY or settings.SECRET_KEY).encode()
    return HKDF(SHA256(), KEY_BYTES, salt=None, info=f"lectern {purpose}".encode()).derive(secret)


def seal(data: bytes, *, key: bytes, place: str) -> bytes:
    """Encrypt ``data``; they can be read at the same ``place`` alone, so that rows cannot be swapped."""
    nonce = os.urandom(NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, data, place.encode())


def unseal(sealed: bytes, *, key: bytes, place: str) -> bytes:
    """Return what was sealed.

    Raises:
        SealError: with another key, at another place, or changed since.
    """
    try:
        return AESGCM(key).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], place.encode())
    except (InvalidTag, ValueError) as error:
        raise SealError("These data cannot be decrypted: the key was changed, or the data were.") from error
