"""Eight people who record in one district at once, with the sums of areas kept and without."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from tests.load.bench import sums
from tests.load.bench.worker import work

WRITERS = 8
DATABASE = "writers"  # the connection to what they write into
STRETCH, STRETCHES = 6.0, 5  # seconds, and how many with the sums and how many without


@dataclass(frozen=True)
class Written:
    """What all writers together did in one stretch."""

    writes: int
    deadlocks: int
    ms: list[float]
    seconds: float

    @property
    def a_second(self) -> float:
        return self.writes / self.seconds


@dataclass(frozen=True)
class Outcome:
    """Stretches with the sums and without; ``right`` says whether the first left them right."""

    kept: list[Written]
    without: list[Written]
    right: bool


def measured(address: str, district: str) -> Outcome:
    """Let eight people write in turns with the sums and without, and recount what they kept."""
    writers = Writers(address, district)
    try:
        writers.write(STRETCH, tally=True)  # everything is loaded and compiled
        right = [sums.recount(DATABASE)[1]]
        stretches = [
            (writers.write(STRETCH, tally=True), writers.write(STRETCH, tally=False))
            for _nth in range(STRETCHES)
        ]
        sums.recount(DATABASE, dry_run=False)  # what was left out
        writers.write(STRETCH, tally=True)
        right.append(sums.recount(DATABASE)[1])
    finally:
        writers.stop()
    kept, without = zip(*stretches, strict=True)
    return Outcome([*kept], [*without], all(right))


class Writers:
    """Processes that write when told to; each has its own connection, and its own villages."""

    def __init__(self, address: str, district: str) -> None:
        context = multiprocessing.get_context("spawn")
        os.environ["DATABASE_URL"] = address
        self.pipes: list[Any] = []
        self.processes = []
        for nth in range(WRITERS):
            here, there = context.Pipe()
            process = context.Process(
                target=work, args=(there, nth, WRITERS, district), daemon=True
            )
            process.start()
            self.pipes.append(here)
            self.processes.append(process)
        for pipe in self.pipes:
            pipe.recv()  # ready

    def write(self, seconds: float, *, tally: bool) -> Written:
        """Let all of them write at once for so long."""
        for pipe in self.pipes:
            pipe.send((seconds, tally))
        answers: Sequence[tuple[int, int, list[float]]] = [pipe.recv() for pipe in self.pipes]
        return Written(
            writes=sum(answer[0] for answer in answers),
            deadlocks=sum(answer[1] for answer in answers),
            ms=[ms for answer in answers for ms in answer[2]],
            seconds=seconds,
        )

    def stop(self) -> None:
        """Send them home."""
        for pipe in self.pipes:
            pipe.send(None)
        for process in self.processes:
            process.join(timeout=20)
