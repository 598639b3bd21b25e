"""Photos and documents: what is taken, what is refused and how, and how it comes to lie on disk."""

import errno
import hashlib
import os
import subprocess
import sys
import threading
import time
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils.translation import override
from PIL import Image, ImageFile

from steps.files import (
    LONG_EDGE,
    MAX_BYTES,
    THUMB_EDGE,
    NoSpace,
    Prepared,
    Refused,
    path_of,
    prepare,
    remove_unfinished,
    store,
)
from tests.load import measure_photos
from tests.steps import corpus
from tests.steps.corpus import upload

COLOURS = {"red": (255, 0, 0), "green": (0, 128, 0), "blue": (0, 0, 255), "black": (0, 0, 0)}
WHITE = (255, 255, 255)


def opened(prepared: Prepared) -> Image.Image:
    prepared.main.seek(0)
    return Image.open(prepared.main)


def thumbnail_of(prepared: Prepared) -> Image.Image:
    assert prepared.thumbnail is not None
    prepared.thumbnail.seek(0)
    return Image.open(prepared.thumbnail)


def refusal(data: bytes, **claims) -> str:
    with pytest.raises(Refused) as refused:
        prepare(upload(data, **claims))
    assert str(refused.value.message)
    return refused.value.code


def alike(seen, wanted, *, by: int = 12) -> bool:
    return all(abs(a - b) <= by for a, b in zip(seen, wanted, strict=True))


def shows_the_picture(image: Image.Image, *, by: int = 12) -> bool:
    across, down = image.width / corpus.UPRIGHT[0], image.height / corpus.UPRIGHT[1]
    return image.mode == "RGB" and all(
        alike(image.getpixel((int(x * across), int(y * down))), COLOURS[colour], by=by)
        for colour, (x, y) in corpus.CORNERS.items()
    )


def segments(data: bytes) -> list[int]:
    """The markers of a JPEG up to its first scan."""
    found, at = [], 2
    while data[at + 1] != 0xDA:
        found.append(data[at + 1])
        at += 2 + int.from_bytes(data[at + 2 : at + 4])
    return found


# A photo becomes a small, upright, clean JPEG


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("image_format", ["JPEG", "PNG", "WEBP"])
def test_however_the_phone_was_held_the_photo_stands_upright(image_format, orientation):
    prepared = prepare(upload(corpus.held(orientation, image_format)))
    assert (prepared.width, prepared.height) == corpus.UPRIGHT
    assert shows_the_picture(opened(prepared))
    assert shows_the_picture(thumbnail_of(prepared))


@pytest.mark.parametrize("image_format", ["JPEG", "PNG", "WEBP"])
def test_place_name_comment_profile_and_xmp_are_gone(image_format):
    sent = corpus.gossiping(image_format)
    assert corpus.SECRET.encode() in sent
    prepared = prepare(upload(sent))
    for image in (opened(prepared), thumbnail_of(prepared)):
        assert not image.getexif()
        assert not {"exif", "xmp", "icc_profile", "comment"} & set(image.info)
    for content in (prepared.main, prepared.thumbnail):
        content.seek(0)
        data = content.read()
        app0_and_picture = {0xE0, 0xDB, 0xC0, 0xC4}
        assert set(segments(data)) == app0_and_picture
        assert b"Exif" not in data
        assert b"Trakat" not in data


@pytest.mark.parametrize(
    ("sent", "stored"),
    [
        ((3200, 2400), (1600, 1200)),
        ((2400, 3200), (1200, 1600)),
        ((1601, 1000), (1600, 999)),
        ((1600, 1600), (1600, 1600)),
        ((200, 100), (200, 100)),
        ((5000, 2), (1600, 1)),
        ((2, 5000), (1, 1600)),
        ((1, 1), (1, 1)),
    ],
)
def test_a_photo_is_shrunk_to_1600_and_never_enlarged(sent, stored):
    prepared = prepare(upload(corpus.jpeg(sent)))
    assert opened(prepared).size == (prepared.width, prepared.height) == stored
    assert max(thumbnail_of(prepared).size) == min(THUMB_EDGE, max(sent))


@pytest.mark.parametrize("encode", [corpus.jpeg, corpus.png])
@pytest.mark.parametrize("size", [(1700, 1133), (3300, 2200), (4900, 3267), (6600, 4400)])
def test_a_large_photo_shows_the_same_as_a_small_one(encode, size):
    prepared = prepare(upload(encode(size)))
    assert max(prepared.width, prepared.height) == LONG_EDGE
    assert shows_the_picture(opened(prepared))


def test_a_large_jpeg_is_decoded_at_half_its_size(monkeypatch):
    decoded = []
    load = ImageFile.ImageFile.load

    def spy(image):
        decoded.append(image.size)
        return load(image)

    monkeypatch.setattr(ImageFile.ImageFile, "load", spy)
    prepare(upload(corpus.jpeg((4032, 3024))))
    assert set(decoded) == {(2016, 1512)}


def test_all_that_is_left_fits_the_quality_asked_for():
    wanted = corpus.encoded(corpus.picture(), "JPEG", quality=80)
    prepared = prepare(upload(corpus.png()))
    assert opened(prepared).quantization == Image.open(BytesIO(wanted)).quantization


@pytest.mark.filterwarnings("ignore:Corrupt EXIF data")
@pytest.mark.parametrize(
    "sent",
    [
        pytest.param(corpus.jpeg(progressive=True), id="progressive"),
        pytest.param(corpus.cmyk(), id="cmyk"),
        pytest.param(corpus.encoded(corpus.picture().quantize(4), "PNG"), id="palette"),
        pytest.param(corpus.encoded(corpus.picture(), "WEBP", lossless=True), id="webp"),
        pytest.param(corpus.animated("PNG"), id="animated png"),
        pytest.param(corpus.animated("WEBP"), id="animated webp"),
        pytest.param(corpus.two_in_one(), id="two pictures in one file"),
        pytest.param(corpus.with_moving_tail(), id="motion photo"),
        pytest.param(corpus.damaged_exif(), id="unreadable exif"),
        pytest.param(corpus.png_with_rubbish_exif(), id="rubbish exif"),
        pytest.param(corpus.jpeg(icc_profile=b"not a profile" * 20), id="unreadable profile"),
    ],
)
def test_whatever_the_encoding_the_picture_is_the_same(sent):
    assert shows_the_picture(opened(prepare(upload(sent))), by=30)


@pytest.mark.parametrize("image_format", ["PNG", "WEBP"])
@pytest.mark.parametrize("mode", ["RGB", "L"])
def test_what_was_transparent_is_white(mode, image_format):
    image = opened(prepare(upload(corpus.on_glass(mode, image_format))))
    assert alike(image.getpixel(corpus.CORNERS["green"]), WHITE)
    assert not alike(image.getpixel(corpus.CORNERS["red"]), WHITE)


def test_a_transparent_colour_of_a_palette_is_white():
    image = opened(prepare(upload(corpus.palette_on_glass())))
    assert alike(image.getpixel(corpus.CORNERS["black"]), WHITE)
    assert alike(image.getpixel(corpus.CORNERS["red"]), COLOURS["red"])


def test_a_transparent_key_colour_is_white():
    image = opened(prepare(upload(corpus.keyed())))
    assert alike(image.getpixel(corpus.CORNERS["blue"]), WHITE)
    assert alike(image.getpixel(corpus.CORNERS["red"]), COLOURS["red"])


@pytest.mark.parametrize(
    "sent", [corpus.sixteen_bit_grey(), corpus.sixteen_bit_grey_on_glass()], ids=["plain", "keyed"]
)
def test_sixteen_bit_grey_keeps_its_tone(sent):
    assert alike(opened(prepare(upload(sent))).getpixel((60, 40)), (128, 128, 128), by=2)


def test_black_and_white_and_grey_become_rgb():
    for mode in ("1", "L"):
        image = opened(prepare(upload(corpus.encoded(corpus.picture(mode=mode), "PNG"))))
        assert image.mode == "RGB"
        assert alike(image.getpixel(corpus.CORNERS["black"]), COLOURS["black"])


def test_colours_are_brought_over_from_the_profile():
    image = opened(prepare(upload(corpus.display_p3())))
    red, green, blue = image.getpixel(corpus.CORNERS["red"])
    assert green > 200
    assert max(red, blue) < 60


def test_the_same_file_gives_the_same_bytes():
    first, second = (prepare(upload(corpus.held(6))) for _ in range(2))
    assert first.sha256_stored == second.sha256_stored
    assert first.thumbnail.getvalue() == second.thumbnail.getvalue()


def test_both_hashes_the_size_and_the_type_are_told():
    sent = corpus.jpeg()
    prepared = prepare(upload(sent))
    prepared.main.seek(0)
    stored = prepared.main.read()
    assert prepared.sha256_received == hashlib.sha256(sent).hexdigest()
    assert prepared.sha256_stored == hashlib.sha256(stored).hexdigest()
    assert prepared.size == len(stored)
    assert (prepared.kind, prepared.content_type) == ("image", "image/jpeg")


@pytest.mark.parametrize("encode", [corpus.jpeg, corpus.png])
def test_a_file_spooled_to_disk_is_read_like_one_in_memory(encode):
    sent = encode((3000, 2000))
    with corpus.large_upload(sent) as spooled:
        spooled.read(100)  # wherever somebody left it
        prepared = prepare(spooled)
        assert not spooled.closed
    assert prepared.sha256_received == hashlib.sha256(sent).hexdigest()
    assert prepared.sha256_stored == prepare(upload(sent)).sha256_stored


def test_what_is_glued_behind_a_jpeg_is_lost():
    archive = corpus.docx({"evil.html": "<script>"})
    prepared = prepare(upload(corpus.jpeg() + archive))
    prepared.main.seek(0)
    stored = prepared.main.read()
    assert b"PK" not in stored[-len(archive) :]
    assert b"evil" not in stored
    assert stored.endswith(b"\xff\xd9")


# Only the content counts


def test_name_and_claimed_type_are_never_looked_at():
    class Tempting(SimpleUploadedFile):
        armed = False

        @property
        def name(self):
            if self.armed:
                raise AssertionError("the name was looked at")
            return "x"

        @name.setter
        def name(self, value): ...

        content_type = name
        content_type_extra = name

    for data, extension in [(corpus.jpeg(), "jpg"), (corpus.docx(), "docx"), (corpus.PDF, "pdf")]:
        tempting = Tempting("x", data)
        tempting.armed = True
        assert prepare(tempting).extension == extension


def test_a_word_document_named_jpg_is_a_document():
    prepared = prepare(upload(corpus.docx(), name="photo.jpg", claimed="image/jpeg"))
    assert (prepared.kind, prepared.extension) == ("document", "docx")


def test_a_photo_named_docx_is_a_photo():
    assert prepare(upload(corpus.png(), name="minutes.docx", claimed="text/html")).kind == "image"


@pytest.mark.parametrize(
    "name",
    ["../../x", "CON.jpg", "a\0b.jpg", "รายงาน‮gpj.exe", "ก" * 300 + ".jpg", "/etc/passwd"],
)
def test_no_part_of_a_name_reaches_the_disk(tmp_path, name):
    file = upload(corpus.jpeg())
    file._name = name  # Django would have made it tame
    prepared = prepare(file)
    store(prepared, tmp_path)
    on_disk = sorted(path.name for path in tmp_path.rglob("*") if path.is_file())
    stem = prepared.sha256_stored
    assert on_disk == [f"{stem}.jpg", f"{stem}.thumb.jpg"]


# Refused, each with its reason


def test_an_empty_file_is_refused():
    assert refusal(b"") == "empty"


def test_more_than_20_mb_is_refused_before_a_byte_is_read():
    file = upload(corpus.jpeg())
    file.size = MAX_BYTES + 1
    file.file = object()
    with pytest.raises(Refused) as refused:
        prepare(file)
    assert refused.value.code == "too_large"


def test_exactly_20_mb_is_taken():
    padded = corpus.jpeg()
    padded += b"\0" * (MAX_BYTES - len(padded))
    assert prepare(upload(padded)).kind == "image"
    assert refusal(padded + b"\0") == "too_large"


@pytest.mark.parametrize(
    "sent",
    [
        pytest.param(corpus.png_claiming(30_000, 30_000), id="900 megapixels"),
        pytest.param(corpus.png_claiming(10_000, 10_000), id="100 megapixels"),
        pytest.param(corpus.png_claiming(8_000, 5_001), id="just over 40"),
        pytest.param(corpus.jpeg_claiming(60_000, 60_000), id="jpeg"),
        pytest.param(corpus.webp_claiming(16_000, 16_000), id="webp"),
    ],
)
def test_too_many_pixels_are_refused_before_decoding(monkeypatch, sent):
    monkeypatch.setattr(ImageFile.ImageFile, "load", lambda self: pytest.fail("decoded"))
    assert refusal(sent) == "too_many_pixels"


def test_40_megapixels_are_taken():
    assert prepare(upload(corpus.jpeg((8_000, 5_000)))).width == LONG_EDGE


@pytest.mark.parametrize("brand", [b"heic", b"heix", b"hevc", b"mif1", b"msf1", b"avif", b"avis"])
def test_heic_is_refused_with_the_way_out(brand):
    with pytest.raises(Refused) as refused:
        prepare(upload(corpus.heif(major=brand), name="IMG_0042.JPG"))
    assert refused.value.code == "heic"
    with override("en"):
        assert "Most Compatible" in str(refused.value.message)


def test_heic_is_known_by_a_compatible_brand_too():
    assert refusal(corpus.heif(major=b"XXXX", compatible=b"miafheic")) == "heic"
    assert refusal(corpus.heif(major=b"isom", compatible=b"mp42avc1")) == "not_supported"


@pytest.mark.parametrize("sent", corpus.FOREIGN.values(), ids=corpus.FOREIGN)
def test_anything_else_is_not_supported_whatever_it_claims(sent):
    assert refusal(sent, name="photo.jpg", claimed="image/jpeg") == "not_supported"


@pytest.mark.parametrize("share", [0.05, 0.3, 0.6, 0.9])
@pytest.mark.parametrize(
    "sent",
    [
        pytest.param(corpus.encoded(measure_photos.noise((400, 300)), "JPEG"), id="jpeg"),
        pytest.param(
            corpus.encoded(measure_photos.noise((400, 300)), "JPEG", progressive=True),
            id="progressive",
        ),
        pytest.param(corpus.encoded(measure_photos.noise((400, 300)), "PNG"), id="png"),
        pytest.param(corpus.encoded(measure_photos.noise((400, 300)), "WEBP"), id="webp"),
    ],
)
def test_half_a_photo_is_broken_not_half_grey(sent, share):
    assert refusal(corpus.truncated(sent, share)) == "broken"


def test_pillow_is_never_told_to_load_what_is_truncated():
    prepare(upload(corpus.jpeg()))
    assert ImageFile.LOAD_TRUNCATED_IMAGES is False


@pytest.mark.parametrize("magic", [b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"RIFF\0\0\0\0WEBPVP8 "])
def test_rubbish_behind_a_good_beginning_is_broken(magic):
    assert refusal(magic + b"\x00\xff\xda\x07" * 400) == "broken"


@pytest.mark.parametrize(
    "sent",
    [
        pytest.param(corpus.many_scans(500), id="scans"),
        pytest.param(b"\xff\xd8" + b"\xff\xe0\0\2" * 5_000, id="segments"),
    ],
)
def test_a_jpeg_without_end_is_broken_and_costs_no_decode(monkeypatch, sent):
    monkeypatch.setattr(Image, "open", lambda *a, **k: pytest.fail("decoded"))
    assert refusal(sent) == "broken"


def test_a_progressive_jpeg_may_have_a_few_more_scans_than_usual():
    assert prepare(upload(corpus.many_scans(20))).kind == "image"


# Documents


@pytest.mark.parametrize(("sent", "extension"), [(corpus.PDF, "pdf"), (corpus.docx(), "docx")])
def test_a_document_is_kept_as_it_was_sent(tmp_path, sent, extension):
    prepared = prepare(upload(sent))
    assert prepared.sha256_received == prepared.sha256_stored == hashlib.sha256(sent).hexdigest()
    assert (prepared.width, prepared.height, prepared.thumbnail) == (None, None, None)
    names = store(prepared, tmp_path)
    assert names.thumbnail is None
    assert (tmp_path / names.main).read_bytes() == sent
    assert names.main.endswith(f".{extension}")


def test_half_a_pdf_is_broken():
    assert refusal(corpus.PDF.replace(b"%%EOF", b"") + b"\0" * 2000) == "broken"


@pytest.mark.parametrize(
    "sent",
    [
        pytest.param(corpus.docx({"word/vbaProject.bin": b"x"}), id="project"),
        pytest.param(corpus.docx({"WORD/VBAPROJECT.BIN": b"x"}), id="project in capitals"),
        pytest.param(
            corpus.docx(
                types=corpus.MAIN.replace(corpus.WORD + ".document.main+xml", corpus.MACRO_TYPE)
            ),
            id="type",
        ),
        pytest.param(
            corpus.docx(
                types=corpus.MAIN + '<Default Extension="x" ContentType="'
                'application/vnd.ms-office.vba&#80;roject"/>'
            ),
            id="type spelt sideways",
        ),
    ],
)
def test_a_word_document_with_macros_is_refused(sent):
    assert refusal(sent) == "macros"


@pytest.mark.parametrize(
    "sent",
    [
        pytest.param(corpus.docx_claiming(4_000_000_000), id="bomb"),
        pytest.param(corpus.docx({f"word/{n}.xml": "" for n in range(2_001)}), id="many members"),
        pytest.param(corpus.docx() + b"tail", id="tail"),
        pytest.param(corpus.docx_with_zip64(), id="zip64"),
        pytest.param(corpus.docx_with_long_names(), id="long names"),
        pytest.param(corpus.docx({"word/x.xml": ""}, comment=b"note"), id="comment"),
        pytest.param(corpus.docx_with_twins(), id="twins"),
        pytest.param(corpus.truncated(corpus.docx()), id="truncated"),
        pytest.param(corpus.docx(types="<not xml"), id="not xml"),
        pytest.param(corpus.docx(types=corpus.MAIN + " " * 2_000_000), id="endless types"),
        pytest.param(b"PK\x03\x04", id="four bytes"),
    ],
)
def test_a_word_document_that_cannot_be_whole_is_broken(sent):
    assert refusal(sent) == "broken"


def test_an_archive_that_promises_fewer_members_is_still_counted():
    data = bytearray(corpus.docx({f"word/{n}.xml": "" for n in range(2_001)}))
    end = data.rindex(b"PK\x05\x06")
    data[end + 8 : end + 12] = b"\x02\0\x02\0"
    assert refusal(bytes(data)) == "broken"


def test_other_archives_are_not_supported():
    assert refusal(corpus.zipped({"a.txt": "a"})) == "not_supported"
    sheet = {"[Content_Types].xml": corpus.TYPES.format(""), "xl/workbook.xml": "<x/>"}
    assert refusal(corpus.zipped(sheet)) == "not_supported"
    assert refusal(corpus.docx(types="")) == "not_supported"


# On disk


def stored_files(root: Path) -> list[Path]:
    return sorted(path for path in root.rglob("*") if path.is_file())


def test_a_photo_lies_under_its_hash(tmp_path):
    prepared = prepare(upload(corpus.jpeg()))
    names = store(prepared, tmp_path)
    sha256 = prepared.sha256_stored
    assert names.main == f"{sha256[:2]}/{sha256[2:4]}/{sha256}.jpg"
    assert names.thumbnail == f"{sha256[:2]}/{sha256[2:4]}/{sha256}.thumb.jpg"
    assert tmp_path / names.main == path_of(tmp_path, sha256, "jpg")
    assert tmp_path / names.thumbnail == path_of(tmp_path, sha256, "jpg", thumb=True)
    assert hashlib.sha256((tmp_path / names.main).read_bytes()).hexdigest() == sha256


def test_stored_files_are_for_the_owner_only(tmp_path):
    names = store(prepare(upload(corpus.jpeg())), tmp_path)
    assert (tmp_path / names.main).stat().st_mode & 0o077 == 0


def test_the_same_photo_twice_is_one_file_young_again(tmp_path):
    first = store(prepare(upload(corpus.jpeg())), tmp_path)
    os.utime(tmp_path / first.main, (0, 0))
    before = (tmp_path / first.main).stat()
    assert store(prepare(upload(corpus.jpeg())), tmp_path) == first
    after = (tmp_path / first.main).stat()
    assert after.st_ino == before.st_ino
    assert after.st_mtime > before.st_mtime
    assert len(stored_files(tmp_path)) == 2


def test_a_file_of_the_wrong_size_is_put_right(tmp_path):
    prepared = prepare(upload(corpus.jpeg()))
    names = store(prepared, tmp_path)
    (tmp_path / names.main).write_bytes(b"half")
    store(prepared, tmp_path)
    assert (tmp_path / names.main).stat().st_size == prepared.size


def test_many_at_once_store_one_file(tmp_path):
    ready = threading.Barrier(8)
    failed = []

    def send():
        prepared = prepare(upload(corpus.held(6)))
        ready.wait()
        try:
            store(prepared, tmp_path)
        except Exception as error:
            failed.append(error)

    threads = [threading.Thread(target=send) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    assert len(stored_files(tmp_path)) == 2


def test_content_is_on_disk_before_its_name_and_the_name_before_the_answer(tmp_path, monkeypatch):
    done = []
    fsync, replace = os.fsync, Path.replace

    def spy_fsync(handle):
        target = Path(f"/proc/self/fd/{handle}").readlink()
        done.append("folder" if target.is_dir() else "content")
        fsync(handle)

    def spy_replace(path, target):
        done.append("name")
        return replace(path, target)

    store(prepare(upload(b"%PDF-1 one %%EOF")), tmp_path)  # so that the folders exist
    prepared = prepare(upload(corpus.PDF))
    path_of(tmp_path, prepared.sha256_stored, "pdf").parent.mkdir(parents=True)
    monkeypatch.setattr(os, "fsync", spy_fsync)
    monkeypatch.setattr(Path, "replace", spy_replace)
    store(prepared, tmp_path)
    assert done == ["content", "name", "folder"]


def test_a_new_folder_is_made_durable_in_the_one_above(tmp_path, monkeypatch):
    synced = set()
    fsync = os.fsync

    def spy(handle):
        synced.add(Path(f"/proc/self/fd/{handle}").readlink())
        fsync(handle)

    monkeypatch.setattr(os, "fsync", spy)
    names = store(prepare(upload(corpus.PDF)), tmp_path / "media")
    folder = (tmp_path / "media" / names.main).parent
    assert {folder, folder.parent, tmp_path / "media", tmp_path} <= synced


KILLED_BEFORE_THE_NAME = """
import os, sys
from pathlib import Path
from django.core.files.uploadedfile import SimpleUploadedFile
from steps.files import prepare, store
Path.replace = lambda self, target: os._exit(9)
store(prepare(SimpleUploadedFile("x", Path(sys.argv[1]).read_bytes())), Path(sys.argv[2]))
"""


def test_a_process_killed_while_storing_leaves_no_half_photo(tmp_path):
    sent, root = tmp_path / "sent", tmp_path / "media"
    sent.write_bytes(corpus.jpeg())
    command = [sys.executable, "-c", KILLED_BEFORE_THE_NAME, str(sent), str(root)]
    assert subprocess.run(command, check=False).returncode == 9
    assert [path.parent.name for path in stored_files(root)] == ["unfinished"]

    prepared = prepare(upload(sent.read_bytes()))
    names = store(prepared, root)
    assert (root / names.main).stat().st_size == prepared.size
    now = datetime.now(UTC)
    assert remove_unfinished(root, before=now - timedelta(hours=1)) == 0
    assert remove_unfinished(root, before=now + timedelta(hours=1)) == 1
    assert stored_files(root) == sorted([root / names.main, root / names.thumbnail])


def test_nothing_unfinished_to_sweep_is_fine(tmp_path):
    assert remove_unfinished(tmp_path, before=datetime.now(UTC)) == 0


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT])
@pytest.mark.parametrize("moment", ["write", "rename"])
def test_a_full_disk_is_told_and_leaves_nothing(tmp_path, monkeypatch, number, moment):
    def full(*args):
        raise OSError(number, os.strerror(number))

    prepared = prepare(upload(corpus.jpeg()))
    with monkeypatch.context() as patched:
        if moment == "write":
            patched.setattr("shutil.copyfileobj", full)
        else:
            patched.setattr(Path, "replace", full)
        with pytest.raises(NoSpace) as told:
            store(prepared, tmp_path)
    with override("en"):
        assert "no space" in str(told.value.message)
    assert stored_files(tmp_path) == []
    store(prepared, tmp_path)
    assert len(stored_files(tmp_path)) == 2


def test_any_other_fault_of_the_disk_is_not_called_full(tmp_path, monkeypatch):
    def faulty(*args):
        raise OSError(errno.EIO, "input/output error")

    monkeypatch.setattr(os, "fsync", faulty)
    with pytest.raises(OSError, match="input/output"):
        store(prepare(upload(corpus.jpeg())), tmp_path)


def test_where_the_main_file_lies_its_thumbnail_lies_too(tmp_path, monkeypatch):
    named = []
    replace = Path.replace
    monkeypatch.setattr(Path, "replace", lambda a, b: (named.append(b.name), replace(a, b)))
    store(prepare(upload(corpus.jpeg())), tmp_path)
    assert [name.endswith(".thumb.jpg") for name in named] == [True, False]


@pytest.mark.parametrize(
    ("sha256", "extension"),
    [("../" * 22, "jpg"), ("A" * 64, "jpg"), ("a" * 63, "jpg"), ("a" * 64, "html"), ("", "")],
)
def test_a_path_is_made_of_a_hash_and_a_known_extension_only(tmp_path, sha256, extension):
    with pytest.raises(ValueError, match="not the hash"):
        path_of(tmp_path, sha256, extension)


# What it costs


def test_photos_are_decoded_one_at_a_time(monkeypatch):
    load, inside, most = ImageFile.ImageFile.load, [], []

    def slow(image):
        inside.append(image)
        most.append(len(inside))
        time.sleep(0.02)
        inside.pop()
        return load(image)

    monkeypatch.setattr(ImageFile.ImageFile, "load", slow)
    sent = corpus.png()
    threads = [threading.Thread(target=lambda: prepare(upload(sent))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert max(most) == 1


def test_a_12_megapixel_photo_needs_at_most_60_mib(tmp_path):
    photo = tmp_path / "photo.jpg"
    photo.write_bytes(measure_photos.photo())
    assert measure_photos.peak(photo, "ours") <= measure_photos.MAX_PEAK_MIB


def test_a_39_megapixel_png_is_never_held_twice(tmp_path):
    photo = tmp_path / "photo.png"
    photo.write_bytes(corpus.encoded(Image.new("RGBA", (7800, 5000), (9, 9, 9, 99)), "PNG"))
    one_picture = 7800 * 5000 * 4 / 2**20
    assert measure_photos.peak(photo, "ours") <= one_picture + 60
