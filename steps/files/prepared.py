"""What a file may be, why one is refused, and what is left of one that is taken."""

import hashlib
from dataclasses import dataclass
from functools import partial
from typing import IO

from django.utils.translation import gettext_lazy as _

MAX_BYTES = 20 * 1024 * 1024
MAX_PIXELS = 40_000_000
LONG_EDGE = 1600
THUMB_EDGE = 320
JPEG_QUALITY = 80
PIECE = 256 * 1024  # bytes read at a time

IMAGE = "image"
DOCUMENT = "document"
CONTENT_TYPES = {
    "jpg": "image/jpeg",
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}

MESSAGES = {
    "empty": _("The file is empty. Choose it again."),
    "too_large": _("The file is larger than 20 MB. Choose a smaller one."),
    "too_many_pixels": _(
        "The photo has more than 40 megapixels. "
        "Choose a smaller photo size in the camera, or choose another photo."
    ),
    "heic": _(
        "The photo is in the HEIC format, which cannot be opened here. On the iPhone choose "
        "Settings > Camera > Formats > Most Compatible and take it again, "
        "or choose it here from the photo library, which sends it as JPEG."
    ),
    "not_supported": _("Choose a JPEG, PNG or WebP photo, or a PDF or Word (.docx) document."),
    "not_a_photo": _(
        "This is not a photo. Choose a JPEG, PNG or WebP photo; "
        "documents have a field of their own."
    ),
    "broken": _("The file is damaged or did not arrive whole. Choose it again."),
    "macros": _("The Word document contains macros. Save it without them, or as PDF."),
}


class Refused(Exception):
    """A file that is not taken: `code` is a key of MESSAGES, `message` is for the field."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code
        self.message = MESSAGES[code]


@dataclass(frozen=True, eq=False)
class Prepared:
    """A file fit to be stored. Hashes are sha256 in hex, `size` is the bytes of `main`.

    An image is an upright sRGB JPEG without metadata, `width` × `height` pixels, with a thumbnail.
    A document is the upload itself, as sent: store it before the upload is closed.
    """

    kind: str
    extension: str
    sha256_received: str
    sha256_stored: str
    size: int
    main: IO[bytes]
    thumbnail: IO[bytes] | None = None
    width: int | None = None
    height: int | None = None

    @property
    def content_type(self) -> str:
        """What the stored file is, whatever the sender claimed."""
        return CONTENT_TYPES[self.extension]


def sha256_of(content: IO[bytes]) -> str:
    """The hash of the whole content in hex, read piece by piece."""
    content.seek(0)
    digest = hashlib.sha256()
    for piece in iter(partial(content.read, PIECE), b""):
        digest.update(piece)
    return digest.hexdigest()
