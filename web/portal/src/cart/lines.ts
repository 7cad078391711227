/** What can be done with a line of the cart; whatever is taken away can be put back. */

import { isDecimal, isZero } from '@dinghuo/api'
import type { Address, Fix } from '@/api/types'
import { t } from '@/i18n'
import type { Task } from '@/keypad'
import { say } from '@/saying'
import { named, unitNamed } from '@/shown'
import type { Shown, ShownLine } from './journal'
import { edit } from './store'

export function changeLine(line: ShownLine, quantity: string): void {
  edit({ sku: line.sku, unit: line.unit, quantity, shown: shownOf(line) })
  if (isDecimal(quantity) && isZero(quantity)) sayRemoved([line])
}

export function removeLines(gone: readonly ShownLine[]): void {
  for (const line of gone) edit({ sku: line.sku, unit: line.unit, quantity: '0', shown: shownOf(line) })
  sayRemoved(gone)
}

export function changeUnit(line: ShownLine, unit: string): void {
  if (unit !== line.unit)
    edit({ sku: line.sku, unit: line.unit, new_unit: unit, quantity: line.quantity, shown: shownOf(line) })
}

export function changeNote(line: ShownLine, note: string): void {
  edit({ sku: line.sku, unit: line.unit, quantity: line.quantity, note: note || null, shown: shownOf(line) })
}

/** Where the line goes: one of the company's addresses; null: where the order does. */
export function changePlace(line: ShownLine, to: Address | null): void {
  edit({ sku: line.sku, unit: line.unit, quantity: line.quantity, to, shown: shownOf(line) })
}

/** Whether the company's goods rebate pays the line. */
export function payByGoods(line: ShownLine, rebate_goods: boolean): void {
  edit({ sku: line.sku, unit: line.unit, quantity: line.quantity, rebate_goods, shown: shownOf(line) })
}

/** The server's own proposal to mend a line, done with one tap. */
export function mend(line: ShownLine, fix: Fix): void {
  if (isZero(fix.quantity)) removeLines([line])
  else if (fix.unit === line.unit || fix.unit === null) changeLine(line, fix.quantity)
  else
    edit({
      sku: line.sku,
      unit: line.unit,
      new_unit: fix.unit ?? undefined,
      quantity: fix.quantity,
      shown: shownOf(line),
    })
}

export function taskOfLine(line: ShownLine): Task {
  const unit = line.units.find(one => one.unit === line.unit)
  const next = line.next_break
  return {
    id: `${line.sku} ${line.unit}`,
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
        sku: line.sku,
        unit: line.unit,
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
