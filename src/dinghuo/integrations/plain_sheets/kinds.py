"""The kinds of plain sheets by name."""

from dinghuo.integrations.plain_sheets.customers import CUSTOMERS
from dinghuo.integrations.plain_sheets.kind import SheetKind
from dinghuo.integrations.plain_sheets.prices import PRICES
from dinghuo.integrations.plain_sheets.skus import SKUS
from dinghuo.integrations.plain_sheets.stock import STOCK

KINDS: dict[str, SheetKind] = {kind.name: kind for kind in (CUSTOMERS, SKUS, PRICES, STOCK)}
