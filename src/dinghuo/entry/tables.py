"""Every table of the house, imported in one place so that the metadata is complete."""

from dinghuo.kit.tables import metadata

__all__ = ["metadata"]
