"""The shelf a dealer stands before: what they may buy, at which price, and how much of it there is.

Master data is remembered by its version, as the hot path does; a page of goods asks the database for stock and for
what was bought before, whatever its length.
"""

from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import msgspec
from msgspec import UNSET

from dinghuo.catalogue.facts import Sellable, SkuFacts, load_assortments, load_skus
from dinghuo.catalogue.quantities import quantities
from dinghuo.catalogue.unit_names import Units, unit_names
from dinghuo.identity.facts import load_tenant
from dinghuo.identity.principals import DealerPrincipal
from dinghuo.inventory.queries import availability
from dinghuo.kit.database import Tx
from dinghuo.kit.missing import missing
from dinghuo.kit.refs import Ref
from dinghuo.parties.facts import CustomerFacts, load_customer
from dinghuo.portal.bought import last_bought
from dinghuo.portal.cards import Availability, LastBought, SkuCard, UnitChoice, UnitOffer
from dinghuo.portal.prices import Pricer
from dinghuo.portal.promoted import PromotionOffer, offers_on
from dinghuo.portal.settings import PortalSettings, load_settings
from dinghuo.pricing.facts import load_entries, load_lists

# Choices of SKUs remembered at once, of all dealers: some tens of megabytes.
_MOST_KNOWN = 20_000


class SkuTexts(msgspec.Struct, frozen=True):
    """What people read of a SKU; barcodes by unit."""

    name_en: str | None
    specification: str | None
    barcodes: dict[str, str]


class ProductFacts(msgspec.Struct, frozen=True):
    """A product with the codes of its SKUs and its pictures: hash and, of one SKU, whose."""

    id: UUID
    code: str
    name: str
    name_en: str | None
    created_at: datetime
    active: bool
    category: Ref | None
    brand: Ref | None
    skus: tuple[str, ...]
    pictures: tuple[tuple[str, UUID | None], ...]

    def image(self, sku_id: UUID) -> str | None:
        """The first picture of a SKU, or else of the product as a whole."""
        own = next((sha256 for sha256, of in self.pictures if of is not None and of == sku_id), None)
        return own or next((sha256 for sha256, of in self.pictures if of is None), None)


class Shelf(msgspec.Struct, frozen=True):
    """Everything that does not depend on the goods."""

    customer: CustomerFacts
    sellable: Sellable
    pricer: Pricer
    settings: PortalSettings
    units: Units
    sees_price: bool
    # What was worked out before, by SKU: it changes with the catalogue's and the prices' versions only.
    known_offers: dict[UUID, list[UnitOffer]]
    known_choices: dict[UUID, list[UnitChoice]]

    def sells(self, sku: SkuFacts | None) -> bool:
        return sku is not None and sku.active and self.sellable(sku)

    def offers(self, sku: SkuFacts, texts: SkuTexts) -> list[UnitOffer]:
        """The units of a SKU, the smallest first."""
        found = self.known_offers.get(sku.id)
        if found is None:
            found = self.known_offers[sku.id] = [self._offer(sku, texts, unit) for unit in ordered_units(sku)]
        return found

    def _offer(self, sku: SkuFacts, texts: SkuTexts, unit: str) -> UnitOffer:
        numerator, denominator = sku.units[unit]
        named = self.units.get(unit)
        rules = quantities(sku, unit)
        return UnitOffer(
            unit=unit,
            name=named.name if named else unit,
            name_en=named.name_en if named else None,
            ratio=Decimal(numerator) / denominator,
            is_base=unit == sku.base_unit,
            barcode=texts.barcodes.get(unit),
            minimum=rules.minimum,
            step=rules.step,
        )

    def choices(self, sku: SkuFacts, texts: SkuTexts) -> list[UnitChoice]:
        """The units of a SKU with their prices. The lists must know its entries."""
        found = self.known_choices.get(sku.id)
        if found is None:
            found = self.known_choices[sku.id] = [
                UnitChoice(
                    **msgspec.structs.asdict(offer),
                    price=self.pricer.of(sku, offer.unit, offer.minimum) if self.sees_price else UNSET,
                )
                for offer in self.offers(sku, texts)
            ]
        return found

    def availability(self, sku: SkuFacts, available: Decimal | None) -> Availability:
        """How much there is, told as the seller wants."""
        if sku.supply_policy == "untracked" or available is None:
            return Availability(state="always", unit=sku.base_unit)
        if available <= 0:
            state = "to_order" if sku.supply_policy == "backorder" else "none"
            return Availability(state=state, unit=sku.base_unit)  # type: ignore[arg-type]
        return Availability(
            state="low" if available < self.settings.low_below else "in_stock",
            unit=sku.base_unit,
            quantity=available if self.settings.availability == "number" else UNSET,
        )


def ordered_units(sku: SkuFacts) -> list[str]:
    def size(unit: str) -> tuple[Decimal, str]:
        numerator, denominator = sku.units[unit]
        return Decimal(numerator) / denominator, unit

    return sorted(sku.units, key=size)


async def open_shelf(tx: Tx, dealer: DealerPrincipal) -> Shelf:
    """The shelf of the company that this user acts for now."""
    customer = await load_customer(tx, dealer.customer_id)
    if customer is None:
        raise missing("customer", dealer.customer_id)
    assortments = await load_assortments(tx)
    pricer = Pricer((await load_lists(tx, [customer]))[customer.id], await today(tx), customer.currency)
    return Shelf(
        customer=customer,
        sellable=Sellable(assortments, customer.audience() if assortments else ()),
        pricer=pricer,
        settings=await load_settings(tx),
        units=await unit_names(tx),
        sees_price=dealer.sees_price,
        known_offers=(await tx.cached("catalogue")).setdefault("offers", {}),
        known_choices=await _choices_known(tx, pricer if dealer.sees_price else None),
    )


async def _choices_known(tx: Tx, pricer: Pricer | None) -> dict[UUID, list[UnitChoice]]:
    """What was worked out for all dealers who stand before the same lists on the same day."""
    shelves: dict[Any, dict[UUID, list[UnitChoice]]] = (await tx.cached("pricing")).setdefault("shelves", {})
    if sum(map(len, shelves.values())) > _MOST_KNOWN:
        shelves.clear()
    catalogue = (await tx.versions()).get("catalogue", 0)
    if pricer is None:
        return shelves.setdefault(catalogue, {})
    lists = tuple(price_list.id for price_list in pricer.lists)
    return shelves.setdefault((catalogue, lists, pricer.day, pricer.currency), {})


async def today(tx: Tx) -> date:
    return tx.now.astimezone((await load_tenant(tx)).zone).date()


async def sku_cards(tx: Tx, shelf: Shelf, skus: Sequence[SkuFacts]) -> dict[UUID, SkuCard]:
    """The cards of these SKUs, by their ids."""
    if not skus:
        return {}
    ids = [sku.id for sku in skus]
    texts = await load_texts(tx, ids)
    products = await load_products(tx, {sku.product_id for sku in skus})
    await load_prices(tx, shelf, [sku for sku in skus if sku.id not in shelf.known_choices])
    stock = await availability(tx, [sku.id for sku in skus if sku.supply_policy != "untracked"])
    bought = await last_bought(tx, shelf.customer.id, ids)
    promotions = await offers_on(tx, shelf.customer, skus, shelf.pricer.currency) if shelf.sees_price else {}
    return {
        sku.id: _card(
            shelf,
            sku,
            products[sku.product_id],
            texts[sku.id],
            stock.get(sku.id),
            bought.get(sku.id),
            promotions.get(sku.id, []),
        )
        for sku in skus
    }


def _card(
    shelf: Shelf,
    sku: SkuFacts,
    product: ProductFacts,
    texts: SkuTexts,
    available: Decimal | None,
    bought: LastBought | None,
    promotions: list[PromotionOffer],
) -> SkuCard:
    return SkuCard(
        id=sku.id,
        product_id=sku.product_id,
        code=sku.code,
        name=sku.name,
        name_en=texts.name_en,
        specification=texts.specification,
        image=product.image(sku.id),
        base_unit=sku.base_unit,
        default_unit=sku.sales_unit,
        units=shelf.choices(sku, texts),
        availability=shelf.availability(sku, available),
        last_bought=bought,
        promotions=promotions,
    )


async def load_prices(tx: Tx, shelf: Shelf, skus: Iterable[SkuFacts]) -> None:
    """Make sure that the lists know what these SKUs cost."""
    if shelf.sees_price:
        await load_entries(tx, [(price_list, sku.id) for sku in skus for price_list in shelf.pricer.lists])


_TEXTS = """
select s.id, s.name_en, s.specification, u.units, u.barcodes
from sku s left join lateral (
  select array_agg(unit) as units, array_agg(barcode) as barcodes
  from sku_unit where tenant_id = $1 and sku_id = s.id and barcode is not null) u on true
where s.tenant_id = $1 and s.id = any($2::uuid[])
"""
_PRODUCTS = """
select p.id, p.code, p.name, p.name_en, p.created_at, p.state = 'active' as active,
  c.id as category_id, c.code as category_code, c.name as category_name,
  b.id as brand_id, b.code as brand_code, b.name as brand_name,
  array(
    select code from sku where tenant_id = $1 and product_id = p.id and state = 'active' order by code
  ) as skus,
  m.hashes, m.owners
from product p
left join category c on c.tenant_id = $1 and c.id = p.category_id
left join brand b on b.tenant_id = $1 and b.id = p.brand_id
left join lateral (
  select array_agg(sha256 order by position) as hashes, array_agg(sku_id order by position) as owners
  from product_media where tenant_id = $1 and product_id = p.id) m on true
where p.tenant_id = $1 and p.id = any($2::uuid[])
"""


async def load_texts(tx: Tx, sku_ids: Collection[UUID]) -> dict[UUID, SkuTexts]:
    """What people read of these SKUs; the answer is this process's memory and may hold more."""
    memory: dict[UUID, SkuTexts] = (await tx.cached("catalogue")).setdefault("sku_texts", {})
    absent = [sku_id for sku_id in sku_ids if sku_id not in memory]
    if absent:
        for row in await tx.fetch(_TEXTS, absent):
            barcodes = dict(zip(row["units"] or (), row["barcodes"] or (), strict=True))
            memory[row["id"]] = SkuTexts(row["name_en"], row["specification"], barcodes)
    return memory


async def load_products(tx: Tx, product_ids: Collection[UUID]) -> dict[UUID, ProductFacts]:
    """These products; the answer is this process's memory and may hold more."""
    memory: dict[UUID, ProductFacts] = (await tx.cached("catalogue")).setdefault("products", {})
    absent = [product_id for product_id in product_ids if product_id not in memory]
    if absent:
        for row in await tx.fetch(_PRODUCTS, absent):
            memory[row["id"]] = ProductFacts(
                id=row["id"],
                code=row["code"],
                name=row["name"],
                name_en=row["name_en"],
                created_at=row["created_at"],
                active=row["active"],
                category=_ref(row, "category"),
                brand=_ref(row, "brand"),
                skus=tuple(row["skus"]),
                pictures=tuple(zip(row["hashes"] or (), row["owners"] or (), strict=True)),
            )
    return memory


def _ref(row: Any, name: str) -> Ref | None:
    return None if row[f"{name}_id"] is None else Ref(row[f"{name}_id"], row[f"{name}_code"], row[f"{name}_name"])


async def sold_skus(tx: Tx, shelf: Shelf, codes: Iterable[str]) -> list[SkuFacts]:
    """Those of these SKUs that the dealer may see and buy, in the order given."""
    wanted = list(codes)
    known = await load_skus(tx, wanted)
    return [known[code] for code in wanted if code in known and shelf.sells(known[code])]
