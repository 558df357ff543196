# SPDX-License-Identifier: Apache-2.0
"""The rows of the runtime's table: on how many processors each runs, and what its figure must and should be."""
import os
from typing import NamedTuple, Union

EVERY = os.cpu_count() or 1


class Go(NamedTuple):
    """A target that is a multiple of Go's figure in the same session."""
    factor: float

    def __str__(self):
        return "Go" if self.factor == 1 else f"{self.factor:g} Go"


Target = Union[float, Go, None]


class Row(NamedTuple):
    """One line of the table. `on`: the numbers of processors it is run with; the best of them counts."""
    name: str
    on: tuple = (1, EVERY)
    must: Target = Go(1)
    aim: Target = Go(0.7)
    unit: str = "ns"
    lone: str = ""  # the program's name for a row that is run in a process of its own
    peer: str = ""  # the row that stands in the peers' columns, where they can't have the thing itself


BEST = tuple(sorted({1, EVERY}))

ROWS = (
    Row("park_next", (1,), 30, 10),
    Row("park_ready", (1,), 30, 10, peer="park_next"),
    Row("round_trip_same", (1,), 120, 60),
    Row("round_trip_across", (2,), Go(1), 150),
    Row("round_trip_locked", (2,)),
    Row("round_trip_crossings", (2,), None, None, "%", "round_trip_crossings"),
    Row("ring_hop", BEST),
    Row("buffered_item", BEST, 20, 8),
    Row("select_contended", BEST, 240, 120),
    Row("select_parking", BEST),
    Row("select_nonblock", BEST, 10, 6),
    Row("select_nonblock_one", BEST),
    Row("try_recv_empty", BEST, 4, 2),
    Row("spawn_chain", BEST, 120, 50),
    Row("spawn_batch", BEST),
    Row("spawn_wait", BEST),
    Row("skynet", BEST, Go(1), 0.25, "s", "skynet"),
    Row("skynet_again", BEST, Go(1), 0.25, "s", "skynet"),
    Row("mutex_uncontended", BEST),
    Row("mutex_contended", (EVERY,)),
    Row("mutex_waited", BEST),
    Row("rwmutex", BEST),
    Row("rwmutex_read", (EVERY,)),
    Row("cond_notify", BEST),
    Row("wait_group", BEST),
    Row("once", BEST),
    Row("pool", BEST),
    Row("semaphore", BEST),
    Row("sync_map", (EVERY,)),
    Row("sync_map_mixed", (EVERY,)),
    Row("timer_start_stop", BEST, 150, 60),
    Row("timer_fire", BEST),
    Row("context_timeout_cancel", BEST, 1000, 400),
    Row("tcp_echo", BEST),
    Row("tcp_echo_many", BEST),
    Row("parked_million", (EVERY,), 4.6e9, 1.0e9, "B", "parked_million"),
    Row("parked_million_create", (EVERY,), Go(1), Go(0.7), "s", "parked_million"),
    Row("ticker_hogs", (2,), 12, 2, "ms", "ticker_hogs"),
)

# Rows that Boost.Fiber has; those of a million fibers take it so long that they are run once.
BOOST = {"park_next", "round_trip_same", "ring_hop", "buffered_item", "try_recv_empty", "mutex_uncontended",
         "mutex_waited", "spawn_chain", "spawn_batch", "spawn_wait"}
BOOST_ONCE = ("skynet", "parked_million")

SCALING = ("scale_spawn", "scale_pipeline", "scale_channel", "scale_mutex")


def scaling_processors():
    """1, 2, 4, ... and the number of cores."""
    numbers, n = [], 1
    while n < EVERY:
        numbers.append(n)
        n *= 2
    return [*numbers, EVERY]


def in_unit(value, unit):
    """A figure as people read it."""
    if unit == "B":
        return f"{value / 1e9:.2f} GB"
    if unit == "ns" and value >= 10_000:
        return f"{value / 1000:.1f} us"
    digits = 0 if value >= 100 else 1 if value >= 10 else 2
    return f"{value:.{digits}f} {unit}"


def limit(target, go):
    """A target as a number, or None: there is none, or it hangs on a figure of Go's that is missing."""
    if isinstance(target, Go):
        return None if go is None else target.factor * go
    return target


def verdict(row, ours, go):
    must, aim = limit(row.must, go), limit(row.aim, go)
    if must is None:
        return "-"
    if ours <= aim:
        return "aim"
    return "must" if ours <= must else "MISSED"


def show(target, unit):
    return "" if target is None else str(target) if isinstance(target, Go) else in_unit(target, unit)
