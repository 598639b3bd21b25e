"""The photo pair: `prepare` beside the least that does the same work, in one run, interleaved.

    python -m tests.load.measure_photos [rounds]

The floor decodes a 12 megapixel JPEG at half its size by an explicit draft in its own proportions,
makes 1600 and 320 pixels from that one decode, turns last and encodes at quality 80; it neither
judges nor hashes. To hold: at most 1.2 times its time, at most 60 MiB at the peak.
"""

import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

from PIL import Image

MAX_RATIO = 1.2
MAX_PEAK_MIB = 60
SIZE = (4000, 3000)


def photo() -> bytes:
    """A noisy 12 megapixel JPEG of about 5 MB, taken with the camera upright (orientation 6)."""
    exif = Image.Exif()
    exif[0x0112] = 6
    out = BytesIO()
    noise(SIZE).save(out, "JPEG", quality=85, exif=exif)
    return out.getvalue()


def noise(size: tuple[int, int]) -> Image.Image:
    """Soft slopes of colour under grain, as on a photo taken indoors."""
    ramp = Image.linear_gradient("L").resize(size)
    grain = Image.effect_noise(size, 22)
    tones = (ramp, grain, ramp.transpose(Image.Transpose.ROTATE_180))
    return Image.blend(Image.merge("RGB", tones), Image.merge("RGB", (grain,) * 3), 0.5)


def floor(path: Path) -> tuple[bytes, bytes]:
    """What Pillow needs for the two pictures, and nothing else."""
    with path.open("rb") as file, Image.open(file, formats=["JPEG"]) as source:
        source.draft("RGB", (1600, 1200))
        big = source.resize((1600, 1200), Image.Resampling.LANCZOS)
    small = big.resize((320, 240), Image.Resampling.LANCZOS)
    return _encoded(big), _encoded(small)


def _encoded(image: Image.Image) -> bytes:
    out = BytesIO()
    image.transpose(Image.Transpose.ROTATE_270).save(out, "JPEG", quality=80)
    return out.getvalue()


def ours(path: Path) -> None:
    """The same through `prepare`, from a file on disk as Django hands it over."""
    from django.core.files import File

    from steps.files import prepare

    with path.open("rb") as file:
        prepare(File(file))


VARIANTS: dict[str, Callable[[Path], object]] = {"floor": floor, "ours": ours}


def ratio(path: Path, rounds: int) -> tuple[float, dict[str, float]]:
    """The median of the ratios round by round, and each variant's median in milliseconds."""
    took: dict[str, list[float]] = {name: [] for name in VARIANTS}
    for turn in range(rounds + 1):
        for name in sorted(VARIANTS, reverse=bool(turn % 2)):
            started = time.perf_counter()
            VARIANTS[name](path)
            took[name].append((time.perf_counter() - started) * 1000)
    pairs = list(zip(took["ours"], took["floor"], strict=True))[1:]  # the first round warms up
    medians = {name: statistics.median(times[1:]) for name, times in took.items()}
    return statistics.median(a / b for a, b in pairs), medians


def peak(path: Path, variant: str) -> float:
    """The most memory a fresh process held for one photo, imports included, in MiB (Linux)."""
    command = [sys.executable, "-m", "tests.load.measure_photos", "--peak", variant, str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return float(done.stdout)


def _own_peak() -> float:
    """VmHWM, because ru_maxrss still counts the process that started this one."""
    status = Path("/proc/self/status").read_text()
    line = next(line for line in status.splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) / 1024


def report(rounds: int) -> str:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "photo.jpg"
        path.write_bytes(photo())
        times, medians = ratio(path, rounds)
        peaks = {name: peak(path, name) for name in VARIANTS}
        size = path.stat().st_size / 1e6
    return (
        f"{SIZE[0]} x {SIZE[1]}, {size:.1f} MB, {rounds} rounds\n"
        f"time  ours {medians['ours']:.0f} ms, floor {medians['floor']:.0f} ms, "
        f"ratio {times:.2f} (at most {MAX_RATIO})\n"
        f"peak  ours {peaks['ours']:.0f} MiB, floor {peaks['floor']:.0f} MiB "
        f"(at most {MAX_PEAK_MIB})\n"
    )


def main(arguments: list[str]) -> None:
    if arguments[:1] == ["--peak"]:
        VARIANTS[arguments[1]](Path(arguments[2]))
        sys.stdout.write(f"{_own_peak():.1f}")
    else:
        sys.stdout.write(report(int(arguments[0]) if arguments else 15))


if __name__ == "__main__":
    main(sys.argv[1:])
