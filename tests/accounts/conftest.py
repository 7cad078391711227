from tests.callers import owner, staff

__all__ = ["owner", "staff"]
