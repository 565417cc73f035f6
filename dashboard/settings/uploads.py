"""Limits of uploads and where recordings are kept."""

from __future__ import annotations

from dashboard.settings import env
from dashboard.settings.home import LECTERN_HOME

GIB = 1024**3
MEDIA_ROOT = LECTERN_HOME / "media"
UPLOAD_SPOOL_DIR = LECTERN_HOME / "uploads"
UPLOAD_MAX_BYTES = env.integer("LECTERN_UPLOAD_MAX_BYTES", 8 * GIB, least=1)
UPLOAD_CHUNK_MAX_BYTES = env.integer("LECTERN_UPLOAD_CHUNK_MAX_BYTES", 64 * 1024**2, least=1024)
UPLOAD_EXPIRES_S = env.integer("LECTERN_UPLOAD_EXPIRES_S", 24 * 3600, least=60)
RECORDING_MAX_S = env.integer("LECTERN_RECORDING_MAX_S", 4 * 3600, least=1)
# Recordings are never served from a public folder: every read goes through a view that asks who is asking.
MEDIA_URL = ""
FILE_UPLOAD_PERMISSIONS = 0o600
FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o700
# The largest request body read whole into memory; upload chunks are streamed and do not count.
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024**2
