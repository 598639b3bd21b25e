"""Backing up all that an installation holds, and restoring it into an empty one.

A backup is a folder: the database in its own tool's form, the stored files as they lie in
MEDIA_ROOT, and ``manifest.json``, which says what belongs to it, down to the checksum of every
table and file. Used by ``manage.py backup`` and ``manage.py restore``; docs/backup.md tells an
administrator how.
"""

from sammachip.backup.files import megabytes
from sammachip.backup.installation import Installation, this_installation
from sammachip.backup.manifest import Manifest
from sammachip.backup.parts import Impossible
from sammachip.backup.restoring import Restored, examined, listed, restore
from sammachip.backup.saving import back_up

__all__ = [
    "Impossible",
    "Installation",
    "Manifest",
    "Restored",
    "back_up",
    "examined",
    "listed",
    "megabytes",
    "restore",
    "this_installation",
]
