"""Photos and documents as they arrive: judged by content, made small and clean, stored by hash.

A name or a content type that the sender claims is never looked at. No model and no request is
known here: `prepare` turns an upload into a `Prepared`, `store` puts that on disk.
"""

import re

from django.core.files import File

from steps.files.documents import prepare_document
from steps.files.photos import prepare_photo
from steps.files.prepared import (
    DOCUMENT,
    IMAGE,
    JPEG_QUALITY,
    LONG_EDGE,
    MAX_BYTES,
    MAX_PIXELS,
    THUMB_EDGE,
    Prepared,
    Refused,
)
from steps.files.storage import Names, NoSpace, path_of, remove_unfinished, store

__all__ = [
    "DOCUMENT",
    "IMAGE",
    "JPEG_QUALITY",
    "LONG_EDGE",
    "MAX_BYTES",
    "MAX_PIXELS",
    "THUMB_EDGE",
    "Names",
    "NoSpace",
    "Prepared",
    "Refused",
    "path_of",
    "prepare",
    "remove_unfinished",
    "store",
]

PHOTOS = {
    "JPEG": re.compile(rb"\xff\xd8\xff"),
    "PNG": re.compile(rb"\x89PNG\r\n\x1a\n"),
    "WEBP": re.compile(rb"RIFF....WEBP", re.DOTALL),
}
DOCUMENTS = {
    "pdf": re.compile(rb"%PDF-"),
    "docx": re.compile(rb"PK\x03\x04"),
}
HEIC_BRANDS = {
    *(b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs"),
    *(b"mif1", b"mif2", b"msf1", b"avif", b"avis"),
}


def prepare(upload: File) -> Prepared:
    """The upload judged and made ready for `store`; read in place, from its start.

    Raises Refused. At most two passes over the file, and one decode for both sizes of a photo.
    """
    content = upload.file
    if content is None or not upload.size:
        raise Refused("empty")
    if upload.size > MAX_BYTES:
        raise Refused("too_large")
    content.seek(0)
    head = content.read(256)
    if photo := _matching(PHOTOS, head):
        return prepare_photo(content, image_format=photo)
    if document := _matching(DOCUMENTS, head):
        return prepare_document(content, extension=document)
    raise Refused("heic" if _is_heic(head) else "not_supported")


def _matching(signatures: dict[str, re.Pattern[bytes]], head: bytes) -> str | None:
    return next((name for name, signature in signatures.items() if signature.match(head)), None)


def _is_heic(head: bytes) -> bool:
    """Whether it is of the HEIF family (HEIC, AVIF), by the brands of its `ftyp` box.

    The box in fours: length, "ftyp", major brand, version, compatible brands.
    """
    box = head[: int.from_bytes(head[:4])]
    brands = {box[at : at + 4] for at in range(8, len(box), 4)}
    return box[4:8] == b"ftyp" and not brands.isdisjoint(HEIC_BRANDS)
