"""Bodies and answers of bulk routes."""

from typing import Generic, TypeVar

import msgspec

from dinghuo.kit.bulk import Saved
from dinghuo.kit.errors import FaultView, Language

T = TypeVar("T")


class Items(msgspec.Struct, Generic[T], forbid_unknown_fields=True):
    """What to create or update, all or nothing."""

    items: list[T]


class SavedView(msgspec.Struct, frozen=True):
    """How many were created, updated, and the same already. Warnings stopped nothing."""

    created: int
    updated: int
    unchanged: int
    warnings: list[FaultView] = []


def saved_view(saved: Saved, language: Language) -> SavedView:
    warnings = [
        FaultView(fault.message.code, fault.sentence(language), fault.field, fault.line, fault.params)
        for fault in saved.warnings
    ]
    return SavedView(saved.created, saved.updated, saved.unchanged, warnings)
