/** Ordering a SKU from wherever it is shown: which unit is chosen, how many are in the cart, the keypad's work. */

import { isZero } from '@dinghuo/api'
import { reactive } from 'vue'
import type { Card, SkuCard, UnitChoice } from '@/api/types'
import { lines, quantityIn, setQuantity } from '@/cart/store'
import { t } from '@/i18n'
import type { Task } from '@/keypad'
import { say } from '@/saying'
import { named, unitNamed } from '@/shown'

/** One SKU as a list shows it. */
export interface Offer {
  key: string
  sku: SkuCard
  isNew: boolean
  /** How many further SKUs of the product are not shown on their own. */
  others: number
}

/** Beyond so many, a product's SKUs are chosen on its own page. */
const MOST_SKUS = 4

const chosen = reactive<Record<string, string>>({})

export function offersOf(cards: readonly Card[]): Offer[] {
  return cards.flatMap(card => {
    const shown = card.skus.length > MOST_SKUS ? card.skus.slice(0, 1) : card.skus
    return shown.map(sku => ({
      key: sku.id,
      sku,
      productId: card.id,
      isNew: card.is_new,
      others: card.skus.length - shown.length,
    }))
  })
}

/** Every SKU that was bought, each on its own. */
export function boughtOf(cards: readonly Card[]): Offer[] {
  return cards.flatMap(card =>
    card.skus.filter(sku => sku.last_bought).map(sku => ({ key: sku.id, sku, isNew: card.is_new, others: 0 })),
  )
}

/** The unit chosen here, else the one in the cart, else the one sold by. */
export function unitOf(sku: SkuCard): UnitChoice | null {
  const inCart = () => lines.value.find(line => line.sku === sku.code)?.unit
  const unit = chosen[sku.code] ?? inCart() ?? sku.default_unit
  return sku.units.find(one => one.unit === unit) ?? sku.units[0] ?? null
}

export function chooseUnit(sku: SkuCard, unit: string): void {
  chosen[sku.code] = unit
}

/** Units it has a price in, the largest first as dealers buy; all where prices are not told. */
export function unitsFor(sku: SkuCard): UnitChoice[] {
  return sku.units.filter(unit => unit.price !== null).reverse()
}

export function mayOrder(sku: SkuCard, unit: UnitChoice | null): boolean {
  return unit !== null && unit.price !== null && sku.availability.state !== 'none'
}

export function put(sku: SkuCard, unit: string, quantity: string): void {
  const before = quantityIn(sku.code, unit)
  setQuantity(sku, unit, quantity)
  if (isZero(quantity) && !isZero(before)) {
    const again = () => setQuantity(sku, unit, before)
    say({ text: t('cart.removed', { name: named(sku) }), action: { label: t('do.undo'), run: again } })
  }
}

export function taskOf(offer: Pick<Offer, 'sku'>): Task | null {
  const { sku } = offer
  const unit = unitOf(sku)
  if (!unit || !mayOrder(sku, unit)) return null
  return {
    id: sku.id,
    title: named(sku),
    image: sku.image,
    unit: unitNamed(unit.unit, sku.units),
    quantity: quantityIn(sku.code, unit.unit),
    minimum: unit.minimum,
    step: unit.step,
    breaks: unit.price?.breaks ?? [],
    set: quantity => put(sku, unit.unit, quantity),
  }
}

export function tasksOf(offers: readonly Pick<Offer, 'sku'>[]): Task[] {
  return offers.map(taskOf).filter((task): task is Task => task !== null)
}
