/** What can be done with a line of the cart; whatever is taken away can be put back. */

import { add, compare, isDecimal, isZero, newKey, subtract } from '@dinghuo/api'
import type { Address, Fix } from '@/api/types'
import { t } from '@/i18n'
import type { Task } from '@/keypad'
import { isThere } from '@/places'
import { say } from '@/saying'
import { named, unitNamed } from '@/shown'
import { keyOf, type Shown, type ShownLine } from './journal'
import { edit } from './store'

const PART = 8

function idOf({ sku, unit, part }: ShownLine): { sku: string; unit: string; part?: string } {
  return { sku, unit, ...(part && { part }) }
}

export function changeLine(line: ShownLine, quantity: string): void {
  edit({ ...idOf(line), quantity, shown: shownOf(line) })
  if (isDecimal(quantity) && isZero(quantity)) sayRemoved([line])
}

export function removeLines(gone: readonly ShownLine[]): void {
  for (const line of gone) edit({ ...idOf(line), quantity: '0', shown: shownOf(line) })
  sayRemoved(gone)
}

export function changeUnit(line: ShownLine, unit: string): void {
  if (unit !== line.unit) edit({ ...idOf(line), new_unit: unit, quantity: line.quantity, shown: shownOf(line) })
}

export function changeNote(line: ShownLine, note: string): void {
  edit({ ...idOf(line), quantity: line.quantity, note: note || null, shown: shownOf(line) })
}

/**
 * So much of a line goes to one of the company's addresses; null: where the order does. What stays becomes less, what
 * goes joins the line that goes there, or is a further one.
 */
export function sendTo(line: ShownLine, quantity: string, to: Address | null, all: readonly ShownLine[]): void {
  if (isThere(line.ship_to, to)) return
  const isAll = compare(quantity, line.quantity) >= 0
  const alike = (other: ShownLine) =>
    keyOf(other) !== keyOf(line) &&
    other.sku === line.sku &&
    other.unit === line.unit &&
    (other.blanket ?? null) === (line.blanket ?? null) &&
    !!other.rebate_goods === !!line.rebate_goods &&
    isThere(other.ship_to, to)
  const there = all.find(alike)
  if (isAll && !there) {
    edit({ ...idOf(line), quantity: line.quantity, to, shown: shownOf(line) })
    return
  }
  const going = isAll ? line.quantity : quantity
  edit({ ...idOf(line), quantity: isAll ? '0' : subtract(line.quantity, quantity), shown: shownOf(line) })
  if (there) edit({ ...idOf(there), quantity: add(there.quantity, going), shown: shownOf(there) })
  else
    edit({
      sku: line.sku,
      unit: line.unit,
      part: newKey().slice(0, PART),
      quantity: going,
      note: line.note,
      blanket: line.blanket,
      rebate_goods: line.rebate_goods,
      to,
      shown: shownOf(line),
    })
}

/** Whether the company's goods rebate pays the line. */
export function payByGoods(line: ShownLine, rebate_goods: boolean): void {
  edit({ ...idOf(line), quantity: line.quantity, rebate_goods, shown: shownOf(line) })
}

/** The server's own proposal to mend a line, done with one tap. */
export function mend(line: ShownLine, fix: Fix): void {
  if (isZero(fix.quantity)) removeLines([line])
  else if (fix.unit === line.unit || fix.unit === null) changeLine(line, fix.quantity)
  else
    edit({
      ...idOf(line),
      new_unit: fix.unit ?? undefined,
      quantity: fix.quantity,
      shown: shownOf(line),
    })
}

export function taskOfLine(line: ShownLine): Task {
  const unit = line.units.find(one => one.unit === line.unit)
  const next = line.next_break
  return {
    id: keyOf(line),
    title: named(line),
    image: line.image ?? null,
    unit: unitNamed(line.unit, line.units),
    quantity: line.quantity,
    minimum: unit?.minimum ?? '1',
    step: unit?.step ?? '1',
    breaks: next && line.price ? [{ from: '1', price: line.price }, next] : [],
    set: quantity => changeLine(line, quantity),
  }
}

function sayRemoved(gone: readonly ShownLine[]): void {
  const again = () => {
    for (const line of gone)
      edit({
        ...idOf(line),
        quantity: line.quantity,
        note: line.note,
        blanket: line.blanket,
        rebate_goods: line.rebate_goods,
        to: line.ship_to,
        shown: shownOf(line),
      })
  }
  const [first] = gone
  const text =
    gone.length === 1 && first
      ? t('cart.removed', { name: named(first) })
      : t('cart.removedMany', { count: gone.length })
  say({ text, action: { label: t('do.undo'), run: again } })
}

function shownOf(line: ShownLine): Shown {
  const { sku_id, product_id, name, name_en, specification, image, base_unit, units, availability } = line
  return { sku_id, product_id, name, name_en, specification, image, base_unit, units, availability }
}
