"""Odd and hostile files, made in memory: what phones, offices and attackers really send."""

import struct
import zipfile
import zlib
from io import BytesIO
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile, TemporaryUploadedFile
from PIL import Image, ImageCms

UPRIGHT = (120, 80)
CORNERS = {"red": (10, 10), "green": (110, 10), "blue": (10, 70), "black": (110, 70)}

ORIENTATION, GPS, ARTIST = 0x0112, 0x8825, 0x013B
SECRET = "Ban Trakat 15.1186 N 104.6132 E"
XMP = f'<x:xmpmeta xmlns:x="adobe:ns:meta/"><secret>{SECRET}</secret></x:xmpmeta>'.encode()

# How the camera lay on the pixels of an upright picture, for each orientation.
HELD = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}


def upload(data: bytes, name: str = "photo.jpg", claimed: str = "image/jpeg") -> SimpleUploadedFile:
    """A small upload, held in memory."""
    return SimpleUploadedFile(name, data, claimed)


def large_upload(data: bytes) -> TemporaryUploadedFile:
    """An upload that Django spooled to disk."""
    file = TemporaryUploadedFile("photo.jpg", "image/jpeg", len(data), None)
    file.write(data)
    file.seek(0)
    return file


# Pictures


def picture(size: tuple[int, int] = UPRIGHT, mode: str = "RGB") -> Image.Image:
    """Red, green, blue, black by quarter: no turn or mirror of it looks the same."""
    quarters = Image.new("RGB", (2, 2))
    quarters.putdata([(255, 0, 0), (0, 128, 0), (0, 0, 255), (0, 0, 0)])
    return quarters.resize(size, Image.Resampling.NEAREST).convert(mode)


def encoded(image: Image.Image, image_format: str = "JPEG", **options: Any) -> bytes:
    out = BytesIO()
    image.save(out, image_format, **options)
    return out.getvalue()


def jpeg(size: tuple[int, int] = UPRIGHT, **options: Any) -> bytes:
    return encoded(picture(size), "JPEG", **{"quality": 90, "subsampling": 0, **options})


def png(size: tuple[int, int] = UPRIGHT, **options: Any) -> bytes:
    return encoded(picture(size), "PNG", **options)


def exif(orientation: int = 1) -> Image.Exif:
    """Orientation, a name, and the place the photo was taken."""
    tags = Image.Exif()
    tags[ORIENTATION] = orientation
    tags[ARTIST] = SECRET
    tags.get_ifd(GPS).update({1: "N", 2: (15.0, 7.0, 7.0), 3: "E", 4: (104.0, 36.0, 47.0)})
    return tags


def held(orientation: int, image_format: str = "JPEG") -> bytes:
    """The upright picture as a camera held that way stores it."""
    seen = picture()
    if orientation in HELD:
        seen = seen.transpose(HELD[orientation])
    options: dict[str, Any] = {"quality": 95, "exif": exif(orientation)}
    if image_format == "JPEG":
        options["subsampling"] = 0
    return encoded(seen, image_format, **options)


def gossiping(image_format: str = "JPEG") -> bytes:
    """Says who, where and with what in every way the format has."""
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    said: dict[str, Any] = {"exif": exif(), "icc_profile": profile, "xmp": XMP}
    if image_format == "JPEG":
        said["comment"] = SECRET
    if image_format == "PNG":
        said.pop("xmp")
        said["pnginfo"] = _png_text()
    return encoded(picture(), image_format, **said)


def _png_text() -> Any:
    from PIL.PngImagePlugin import PngInfo

    text = PngInfo()
    text.add_text("Comment", SECRET)
    text.add_itxt("XML:com.adobe.xmp", XMP.decode())
    return text


def damaged_exif() -> bytes:
    """A good picture behind an EXIF block of rubbish."""
    return jpeg(exif=b"Exif\0\0MM\0*\xff\xff\xff\xff" + b"\x99" * 40)


def cmyk() -> bytes:
    return encoded(picture(mode="CMYK"), "JPEG", quality=95)


def palette_on_glass() -> bytes:
    """A palette PNG, its black quarter transparent."""
    image = picture().quantize(4)
    clear = image.getpixel(CORNERS["black"])
    return encoded(image, "PNG", transparency=clear)


def on_glass(mode: str, image_format: str = "PNG") -> bytes:
    """Grey or colour with an alpha channel: the left half solid, the right half clear."""
    image = picture(mode=mode)
    alpha = Image.new("L", UPRIGHT, 0)
    alpha.paste(255, (0, 0, UPRIGHT[0] // 2, UPRIGHT[1]))
    image.putalpha(alpha)
    return encoded(image, image_format, **({"lossless": True} if image_format == "WEBP" else {}))


def sixteen_bit_grey() -> bytes:
    """A PNG of one middle grey, 16 bits a pixel."""
    return encoded(Image.new("I;16", UPRIGHT, 32_768), "PNG")


def sixteen_bit_grey_on_glass() -> bytes:
    """The same with a colour key beyond 8 bits, which Pillow's own converter trips over."""
    data = sixteen_bit_grey()
    after_header = 8 + 25
    return data[:after_header] + _chunk(b"tRNS", struct.pack(">H", 1)) + data[after_header:]


def animated(image_format: str) -> bytes:
    """First the picture, then nothing but black."""
    black = Image.new("RGB", UPRIGHT)
    options = {"lossless": True} if image_format == "WEBP" else {}
    return encoded(picture(), image_format, save_all=True, append_images=[black], **options)


def keyed() -> bytes:
    """An RGB PNG in which one colour, the blue of its quarter, means transparent."""
    return encoded(picture(), "PNG", transparency=(0, 0, 255))


def png_with_rubbish_exif() -> bytes:
    return encoded(picture(), "PNG", exif=b"Exif\0\0" + b"rubbish" * 9)


def two_in_one() -> bytes:
    """The multi-picture JPEG (MPO) that many phones write."""
    black = Image.new("RGB", UPRIGHT)
    return encoded(picture(), "MPO", save_all=True, append_images=[black], quality=95)


def display_p3() -> bytes:
    """An ICC profile whose red is not sRGB's: the profile of sRGB with red and green exchanged."""
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    red, green = (profile.index(tag, 128) for tag in (b"rXYZ", b"gXYZ"))
    swapped = bytearray(profile)
    swapped[red : red + 4], swapped[green : green + 4] = b"gXYZ", b"rXYZ"
    return jpeg(icc_profile=bytes(swapped))


# Hostile pictures


def truncated(data: bytes, share: float = 0.6) -> bytes:
    return data[: int(len(data) * share)]


def png_claiming(width: int, height: int) -> bytes:
    """A few bytes of PNG that promise a picture of that size."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    pixels = zlib.compress(b"\0" * 1000)
    chunks = _chunk(b"IHDR", header) + _chunk(b"IDAT", pixels) + _chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + chunks


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def jpeg_claiming(width: int, height: int) -> bytes:
    """A small JPEG whose frame header is rewritten."""
    data = bytearray(jpeg())
    frame = data.index(b"\xff\xc0")
    data[frame + 5 : frame + 9] = struct.pack(">HH", height, width)
    return bytes(data)


def webp_claiming(width: int, height: int) -> bytes:
    """A small WebP whose canvas is rewritten."""
    data = bytearray(animated("WEBP"))
    canvas = data.index(b"VP8X") + 12
    data[canvas : canvas + 6] = (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(
        3, "little"
    )
    return bytes(data)


def many_scans(times: int) -> bytes:
    """A progressive JPEG that repeats its last scan: tiny to send, long to decode."""
    data = jpeg(progressive=True)
    last = data[data.rindex(b"\xff\xc4") : -2]
    return data[:-2] + last * times + data[-2:]


def with_moving_tail() -> bytes:
    """A motion photo: after the picture a film, whose bytes look like scans here and there."""
    return jpeg() + b"\0\0\0\x18ftypmp42" + b"\xff\xda\0\x02" * 500


def heif(*, major: bytes, compatible: bytes = b"mif1heic") -> bytes:
    box = b"ftyp" + major + b"\0\0\0\0" + compatible
    return struct.pack(">I", len(box) + 4) + box + b"\0" * 500


FOREIGN = {
    "svg": b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><script/></svg>',
    "html": b"<!DOCTYPE html><script>alert(1)</script>",
    "php": b"<?php system($_GET['x']);",
    "eps": b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 10 10\nshowpage\n%%EOF",
    "gif": encoded(picture(), "GIF"),
    "tiff": encoded(picture(), "TIFF"),
    "bmp": encoded(picture(), "BMP"),
    "ico": encoded(picture((32, 32)), "ICO"),
    "exe": b"MZ\x90\0" + b"\0" * 100,
    "old word": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600,
    "film": b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom" + b"\0" * 100,
    "text": "รายงานการประชุม".encode(),
    "one byte": b"\xff",
}


# Documents

PDF = b"%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml"
TYPES = '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">{}</Types>'
MAIN = f'<Override PartName="/word/document.xml" ContentType="{WORD}.document.main+xml"/>'
MACRO_TYPE = "application/vnd.ms-word.document.macroEnabled.main+xml"


def zipped(members: dict[str, bytes | str], *, comment: bytes = b"") -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(zipfile.ZipInfo(name), data, zipfile.ZIP_DEFLATED)
        archive.comment = comment
    return out.getvalue()


def docx(
    more: dict[str, bytes | str] | None = None, *, types: str = MAIN, comment: bytes = b""
) -> bytes:
    """A Word document of one paragraph, with more members or other content types."""
    members: dict[str, bytes | str] = {
        "[Content_Types].xml": TYPES.format(types),
        "word/document.xml": "<w:document><w:p>รายงานการประชุม</w:p></w:document>",
    }
    return zipped(members | (more or {}), comment=comment)


def docx_claiming(unpacked: int) -> bytes:
    """A bomb: its directory says that one member unpacks to so many bytes."""
    data = bytearray(docx({"word/media/x.bin": b"\0" * 1000}))
    entry = data.rindex(b"PK\x01\x02")
    data[entry + 24 : entry + 28] = struct.pack("<I", unpacked)
    return bytes(data)


def docx_with_zip64() -> bytes:
    """Sound, but the size of its directory stands in a second place, which readers believe."""
    data = docx()
    body, end = data[:-22], data[-22:]
    count, size, start = struct.unpack("<HII", end[10:20])
    sizes = struct.pack("<QHHIIQQQQ", 44, 45, 45, 0, 0, count, count, size, start)
    locator = struct.pack("<IQI", 0, len(body), 1)
    return body + b"PK\x06\x06" + sizes + b"PK\x06\x07" + locator + end


def docx_with_long_names() -> bytes:
    """Few members, but a directory of more than a megabyte."""
    return docx({f"{n:03}" + "x" * 60_000: "" for n in range(20)})


def docx_with_twins() -> bytes:
    """Two lists of content types: a reader that takes the other one sees macros."""
    data = docx({"[Content_Types]_xml": TYPES.format(MAIN)})
    return data.replace(b"[Content_Types]_xml", b"[Content_Types].xml")
