/**
 * The cart as this device keeps it: what the server last answered, and what was changed here since. Pure functions.
 *
 * A change sets a line, it never adds to one; so a change sent twice does nothing twice, and of two changes of one line
 * only the later need be sent. Which of two devices wins, the server decides.
 */

import { add, type Decimal, isZero } from '@dinghuo/api'
import type { Cart, CartLine, Change, ShipTo } from '@/api/types'

/** What a screen needs of a SKU to show a line the server has not answered yet. */
export type Shown = Pick<
  CartLine,
  'sku_id' | 'product_id' | 'name' | 'name_en' | 'specification' | 'image' | 'base_unit' | 'units' | 'availability'
>

/** Where a line goes: an address of the company has an id, one that was typed has none. */
export type Place = ShipTo & { id?: string }

export interface Edit {
  sku: string
  unit: string
  quantity: Decimal
  new_unit?: string
  /** The name of a further line of the same goods, which goes elsewhere. */
  part?: string
  note?: string | null
  /** The blanket order it is called off from. */
  blanket?: string | null
  /** Whether goods rebate pays it. */
  rebate_goods?: boolean
  /** Where it goes, when that is not where the order does. */
  to?: Place | null
  shown?: Shown
}

export interface Pending extends Edit {
  seq: number
  /** The device's clock when the user did it, in milliseconds. */
  at: number
  /** The cart it was typed into. */
  cart: string | null
}

export interface Journal {
  device: string
  seq: number
  cart: Cart | null
  pending: Pending[]
}

/** A line as it is shown: `isPending` while the server has not said what it costs. */
export type ShownLine = Omit<CartLine, 'unit'> & { unit: string; isPending: boolean }

type Named = Pick<ShownLine, 'sku' | 'unit' | 'part'>

export interface Batch {
  cart: string | null
  device: string
  changes: Change[]
}

/** The server takes so many changes at once. */
export const MOST_CHANGES = 500

export function begin(device: string): Journal {
  return { device, seq: 0, cart: null, pending: [] }
}

/** Note a change. It takes the place of an unanswered one of the same line, unless that moved it to another unit. */
export function record(journal: Journal, edit: Edit, at: number): Journal {
  const seq = journal.seq + 1
  const entry: Pending = { ...edit, seq, at, cart: journal.cart?.id ?? null }
  const before = lastOf(journal.pending, edit)
  const replaces = before && before.unit === edit.unit && before.cart === entry.cart && !before.new_unit
  const kept = replaces ? journal.pending.filter(one => one !== before) : journal.pending
  const merged = replaces ? { ...before, ...defined(entry) } : entry
  return { ...journal, seq, pending: [...kept, merged] }
}

/** What to send next: the oldest changes typed into one cart, as old as they are at this moment. */
export function batch(journal: Journal, now: number): Batch | null {
  const first = journal.pending[0]
  if (!first) return null
  const changes: Change[] = []
  for (const one of journal.pending) {
    if (one.cart !== first.cart || changes.length === MOST_CHANGES) break
    changes.push(changeOf(one, now))
  }
  return { cart: first.cart, device: journal.device, changes }
}

/** The server answered: its cart is the truth, beneath what was typed meanwhile. */
export function answered(journal: Journal, cart: Cart, sent: readonly number[]): Journal {
  return { ...settled(journal, sent), cart: isOlder(cart, journal.cart) ? journal.cart : cart }
}

/** These changes are done with, whether taken or refused. */
export function settled(journal: Journal, sent: readonly number[]): Journal {
  const done = new Set(sent)
  return { ...journal, pending: journal.pending.filter(one => !done.has(one.seq)) }
}

/** The cart's lines with what was typed since laid over them. */
export function shownLines(journal: Journal): ShownLine[] {
  let lines: ShownLine[] = (journal.cart?.lines ?? []).map(line => ({
    ...line,
    unit: line.unit ?? '',
    isPending: false,
  }))
  for (const edit of journal.pending) lines = laidOver(lines, edit)
  return lines
}

/** What tells a line from all others. */
export function keyOf({ sku, unit, part }: Named): string {
  return [sku, unit, part].filter(Boolean).join(' ')
}

function isLine(line: Named, one: Named): boolean {
  return keyOf(line) === keyOf(one)
}

export function quantityOf(lines: readonly ShownLine[], sku: string, unit: string): Decimal {
  return lines.find(line => isLine(line, { sku, unit }))?.quantity ?? '0'
}

function laidOver(lines: ShownLine[], edit: Pending): ShownLine[] {
  const present = lines.find(line => isLine(line, edit))
  if (edit.new_unit && edit.new_unit !== edit.unit) return moved(lines, edit, present, edit.new_unit)
  if (isNothing(edit.quantity)) return lines.filter(line => line !== present)
  if (present) return lines.map(line => (line === present ? changed(line, edit) : line))
  return [...lines, provisional(edit, edit.unit, lines.length + 1)]
}

function moved(lines: ShownLine[], edit: Pending, present: ShownLine | undefined, unit: string): ShownLine[] {
  const there = lines.find(line => isLine(line, { ...edit, unit }))
  if (there) {
    const together = { ...there, quantity: plus(there.quantity, edit.quantity), problems: [], isPending: true }
    return lines.filter(line => line !== present).map(line => (line === there ? together : line))
  }
  if (!present) return [...lines, provisional(edit, unit, lines.length + 1)]
  return lines.map(line =>
    line === present ? { ...changed(line, edit), unit, price: null, next_break: null } : line,
  )
}

function changed(line: ShownLine, edit: Pending): ShownLine {
  const note = edit.note === undefined ? line.note : edit.note
  const rebate_goods = edit.rebate_goods ?? line.rebate_goods
  const ship_to = edit.to === undefined ? line.ship_to : edit.to
  return { ...line, quantity: edit.quantity, note, ship_to, rebate_goods, problems: [], isPending: true }
}

function provisional(edit: Pending, unit: string, number: number): ShownLine {
  const shown: Shown = edit.shown ?? {
    sku_id: null,
    product_id: null,
    name: edit.sku,
    name_en: null,
    specification: null,
    image: null,
    base_unit: unit,
    units: [],
    availability: null,
  }
  return {
    ...shown,
    part: edit.part ?? null,
    line_no: number,
    sku: edit.sku,
    unit,
    quantity: edit.quantity,
    note: edit.note ?? null,
    ship_to: edit.to ?? null,
    requested_date: null,
    rebate_goods: false,
    base_quantity: null,
    problems: [],
    isPending: true,
  }
}

function changeOf(one: Pending, now: number): Change {
  const change: Change = {
    sku: one.sku,
    // Only goods that nobody knows have no unit.
    unit: one.unit || null,
    quantity: one.quantity,
    seq: one.seq,
    age_ms: Math.max(0, now - one.at),
  }
  if (one.new_unit) change.new_unit = one.new_unit
  if (one.part) change.part = one.part
  if (one.note !== undefined) change.note = one.note
  if (one.blanket !== undefined) change.blanket = one.blanket
  if (one.to?.id) change.address_id = one.to.id
  else if (one.to !== undefined) change.ship_to = one.to
  if (one.rebate_goods !== undefined) change.rebate_goods = one.rebate_goods
  return change
}

function lastOf(pending: readonly Pending[], { sku, part }: Edit): Pending | undefined {
  return pending.findLast(one => one.sku === sku && (one.part ?? '') === (part ?? ''))
}

/** An answer that was overtaken by a later one of the same cart. */
function isOlder(cart: Cart, known: Cart | null): boolean {
  return known !== null && known.id !== null && cart.id === known.id && cart.revision < known.revision
}

function isNothing(quantity: Decimal): boolean {
  try {
    return isZero(quantity)
  } catch {
    return false
  }
}

function plus(a: Decimal, b: Decimal): Decimal {
  try {
    return add(a, b)
  } catch {
    return b
  }
}

function defined<T extends object>(value: T): Partial<T> {
  return Object.fromEntries(Object.entries(value).filter(([, one]) => one !== undefined)) as Partial<T>
}
