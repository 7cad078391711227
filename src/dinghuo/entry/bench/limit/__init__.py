"""The limit of intake: pgbench calling one PL/pgSQL function an order, on the server under test."""

from dinghuo.entry.bench.limit.limit import (
    Kind,
    LimitFailed,
    LimitResult,
    drop_limit,
    prepare_limit,
    run_limit,
)

__all__ = ["Kind", "LimitFailed", "LimitResult", "drop_limit", "prepare_limit", "run_limit"]
