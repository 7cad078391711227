"""How each operation is called with records that are there.

Most calls are made from the contract alone: what a name in it stands for is said once, in `RECORDS` or `PLAIN` of the
file of its room. Where that does not suffice, a function says the bodies: one, or several where no single one names
everything. A new room is a new file here, found by itself.
"""

from importlib import import_module
from pkgutil import iter_modules

from tests.security.recipes.book import BODIES, RECORDS, NoRecipe
from tests.security.recipes.calling import calls, looks

__all__ = ["BODIES", "RECORDS", "NoRecipe", "calls", "looks"]

for _room in iter_modules(__path__):
    import_module(f"{__name__}.{_room.name}")
