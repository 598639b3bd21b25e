"""Photos: decoded once, turned, shrunk and re-encoded, so that only the picture is left."""

import hashlib
import re
import threading
from contextlib import suppress
from io import BytesIO
from typing import IO

from PIL import Image, ImageCms

from steps.files.prepared import (
    IMAGE,
    JPEG_QUALITY,
    LONG_EDGE,
    MAX_PIXELS,
    THUMB_EDGE,
    Prepared,
    Refused,
    sha256_of,
)

MAX_SCANS = 100  # of a progressive JPEG; ten is usual
MAX_SEGMENTS = 2_000  # of any JPEG; a phone writes some tens
BAND = 16  # rows of the result worked on at a time
ORIENTATION = 0x0112  # the EXIF tag
TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}

# A decode takes one core and, at worst, 16 bytes a pixel: two at once would only need more room.
_one_at_a_time = threading.Lock()


def prepare_photo(content: IO[bytes], *, image_format: str) -> Prepared:
    """The photo as a small upright JPEG with its thumbnail. Raises Refused.

    `image_format` is what the first bytes say, in Pillow's words; no other decoder is tried.
    """
    received = _received(content, image_format)
    picture = _decoded(content, image_format)
    main = _jpeg(picture)
    thumbnail = picture.resize(_fitted(picture.size, THUMB_EDGE), Image.Resampling.LANCZOS)
    return Prepared(
        kind=IMAGE,
        extension="jpg",
        sha256_received=received,
        sha256_stored=sha256_of(main),
        size=len(main.getbuffer()),
        main=main,
        thumbnail=_jpeg(thumbnail),
        width=picture.width,
        height=picture.height,
    )


def _received(content: IO[bytes], image_format: str) -> str:
    """The hash of the file as sent; the markers of a JPEG are counted on the same pass."""
    if image_format != "JPEG":
        return sha256_of(content)
    content.seek(0)
    data = content.read()
    _check_markers(data)
    return hashlib.sha256(data).hexdigest()


_SCAN, _END = b"\xff\xda", b"\xff\xd9"
# Any marker with a length: not a stuffed zero, a restart, a start of image, or padding.
_MARKER = re.compile(rb"\xff[^\x00\x01\xd0-\xd8\xff]")


def _check_markers(data: bytes) -> None:
    """Refuse a JPEG of endless scans: one may be 90 bytes long and still costs a pass over the
    whole picture, so 20 MB of them would keep a processor busy for an hour (measured).
    """
    segments = scans = 0
    marker = _MARKER.search(data)
    while marker and marker[0] != _END:
        segments += 1
        scans += marker[0] == _SCAN
        if scans > MAX_SCANS or segments > MAX_SEGMENTS:
            raise Refused("broken")
        length = int.from_bytes(data[marker.end() : marker.end() + 2])
        marker = _MARKER.search(data, marker.end() + length)


def _decoded(content: IO[bytes], image_format: str) -> Image.Image:
    """The picture upright, RGB, at most LONG_EDGE long. Raises Refused."""
    try:
        with _one_at_a_time:
            return _opened(content, image_format)
    except (Refused, MemoryError):
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise Refused("too_many_pixels") from error
    except Exception as error:  # whatever Pillow stumbles over, the cause is the file
        raise Refused("broken") from error


def _opened(content: IO[bytes], image_format: str) -> Image.Image:
    with Image.open(content, formats=[image_format]) as source:
        if source.width * source.height > MAX_PIXELS:
            raise Refused("too_many_pixels")
        size = _fitted(source.size, LONG_EDGE)
        source.draft(None, size)  # a JPEG decodes at 1/2, 1/4, 1/8 of its size if that is enough
        source.load()
        small = _reduced(source, size).resize(size, Image.Resampling.LANCZOS)
        turn = TURNS.get(_orientation(source))
        profile = source.info.get("icc_profile")
    if profile:
        _to_srgb(small, profile)
    small.info.clear()  # or Pillow writes a comment from here
    return small if turn is None else small.transpose(turn)


def _fitted(size: tuple[int, int], edge: int) -> tuple[int, int]:
    """The size shrunk to a long edge; rounded down, so that exactly twice allows a 1/2 decode."""
    longest = max(size)
    if longest <= edge:
        return size
    return max(1, size[0] * edge // longest), max(1, size[1] * edge // longest)


def _reduced(picture: Image.Image, size: tuple[int, int]) -> Image.Image:
    """The picture in RGB, a whole number of times smaller but not below `size`.

    In bands, so that beside a 40 megapixel PNG there is never a second picture as large.
    """
    factor = min(picture.width // size[0], picture.height // size[1])
    if factor == 1 and picture.mode == "RGB" and not picture.has_transparency_data:
        return picture
    reduced = Image.new("RGB", (-(-picture.width // factor), -(-picture.height // factor)))
    for top in range(0, reduced.height, BAND):
        bottom = min((top + BAND) * factor, picture.height)
        band = picture.crop((0, top * factor, picture.width, bottom))
        reduced.paste(_flat(band).reduce(factor), (0, top))
    return reduced


def _flat(picture: Image.Image) -> Image.Image:
    """RGB: what was transparent is white, 16 bit grey keeps its tones (Pillow would clip them)."""
    if picture.mode.startswith("I"):
        return picture.point(lambda tone: tone / 256).convert("L").convert("RGB")
    if not picture.has_transparency_data:
        return picture.convert("RGB")
    picture = picture.convert("RGBA")
    white = Image.new("RGBA", picture.size, "white")
    return Image.alpha_composite(white, picture).convert("RGB")


def _orientation(picture: Image.Image) -> int:
    """EXIF orientation 1 to 8; an EXIF block that cannot be read does not spoil the picture."""
    with suppress(Exception):
        return picture.getexif().get(ORIENTATION, 1)
    return 1


def _to_srgb(picture: Image.Image, profile: bytes) -> None:
    """Bring over the colours (phones use Display P3), in place; an unfit profile is passed over."""
    with suppress(ImageCms.PyCMSError, OSError):
        given = ImageCms.ImageCmsProfile(BytesIO(profile))
        wanted = ImageCms.createProfile("sRGB")
        ImageCms.profileToProfile(picture, given, wanted, inPlace=True)


def _jpeg(picture: Image.Image) -> BytesIO:
    encoded = BytesIO()
    picture.save(encoded, "JPEG", quality=JPEG_QUALITY)
    return encoded
