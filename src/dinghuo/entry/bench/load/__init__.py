"""A load generator in a process of its own, cheap enough that it does not disturb what it measures."""

from dinghuo.entry.bench.load.config import LoadConfig, Orders
from dinghuo.entry.bench.load.journal import Acknowledged, read_journal
from dinghuo.entry.bench.load.result import Latency, LoadResult
from dinghuo.entry.bench.load.run import LoadFailed, run_load

__all__ = [
    "Acknowledged",
    "Latency",
    "LoadConfig",
    "LoadFailed",
    "LoadResult",
    "Orders",
    "read_journal",
    "run_load",
]
