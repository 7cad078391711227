/** The cart of the chosen company, for screens: typed at once, sent when there is a network. */

import { ApiError, isDecimal, trim } from '@dinghuo/api'
import { computed, shallowRef } from 'vue'
import { cart as routes } from '@/api/routes'
import type { Cart, CartDetails, SkuCard } from '@/api/types'
import { say } from '@/saying'
import { credentials } from '@/session/credentials'
import { Courier } from './courier'
import { answered, begin, type Edit, type Journal, quantityOf, record, type Shown, shownLines } from './journal'
import { loadJournal, saveJournal } from './shelf'

const journal = shallowRef<Journal>(begin(''))

export const lines = computed(() => shownLines(journal.value))
export const lineCount = computed(() => lines.value.length)
export const present = computed(() => journal.value.cart)
/** Typed here, not yet answered. */
export const waiting = computed(() => journal.value.pending.length)
/** Before the first answer there is nothing to show but the outline of a cart. */
export const isKnown = computed(() => journal.value.cart !== null || journal.value.pending.length > 0)

const courier = new Courier({
  load: () => loadJournal(credentials.customer),
  save,
  send: parcel => routes.change(parcel),
  now: Date.now,
  later: (milliseconds, action) => void setTimeout(action, milliseconds),
  refused: error => say({ text: error.message, tone: 'bad' }),
})

/** Show the cart of the chosen company as this device knows it. */
export function open(): void {
  journal.value = loadJournal(credentials.customer)
}

/** Ask the server for the cart, after telling it what was typed here. */
export async function refresh(): Promise<void> {
  if (credentials.mayOrder && (await courier.flush())) take(await routes.read())
}

/** There is a network again, or the page is seen again. */
export function wake(): void {
  if (journal.value.pending.length) void courier.flush()
}

export function edit(change: Edit): void {
  const quantity = isDecimal(change.quantity) ? trim(change.quantity) : change.quantity
  save(record(loadJournal(credentials.customer), { ...change, quantity }, Date.now()))
  courier.nudge()
}

export function setQuantity(sku: SkuCard, unit: string, quantity: string): void {
  edit({ sku: sku.code, unit, quantity, shown: shownOf(sku) })
}

export function quantityIn(sku: string, unit: string): string {
  return quantityOf(lines.value, sku, unit)
}

export async function describe(details: CartDetails): Promise<void> {
  take(await routes.describe(details))
}

/** Whether everything typed is with the server. */
export function settle(): Promise<boolean> {
  return courier.flush()
}

/** A cart as the server just told it. */
export function take(cart: Cart): void {
  save(answered(loadJournal(credentials.customer), cart, []))
}

/** The order is placed, so the cart is another. */
export async function startAnew(): Promise<void> {
  const known = loadJournal(credentials.customer)
  save({ ...known, cart: null })
  try {
    take(await routes.read())
  } catch (error) {
    if (!(error instanceof ApiError)) throw error
  }
}

function save(changed: Journal): void {
  saveJournal(credentials.customer, changed)
  journal.value = changed
}

function shownOf(sku: SkuCard): Shown {
  return {
    sku_id: sku.id,
    product_id: sku.product_id,
    name: sku.name,
    name_en: sku.name_en,
    specification: sku.specification,
    image: sku.image,
    base_unit: sku.base_unit,
    units: sku.units,
    availability: sku.availability,
  }
}
