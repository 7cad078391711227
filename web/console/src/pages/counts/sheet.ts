/** What is typed on a count sheet, by line. Pure. */

import { add, type CountLineView, compare, type Decimal, multiply, subtract, tidy, trim } from '@dinghuo/api'

/** By unit, as typed: `{ case: '3', can: '5' }`. */
export type Typed = Record<string, string>

export interface Kept {
  quantity: Decimal | null
  note?: string | null
}

/** A line is known by its SKU and lot: lines are added while people count. */
export const keyOf = (line: { sku: string; lot: string | null }) => `${line.sku}\n${line.lot ?? ''}`

/** Which units are typed: the large one first, where there is one. */
export const fieldsOf = (line: CountLineView): string[] => {
  const pack = line.packs[0]
  return pack ? [pack.unit, line.base_unit] : [line.base_unit]
}

/** What was typed in base units; undefined where it is no number, null where nothing was typed. */
export function totalOf(line: CountLineView, typed: Typed): Decimal | null | undefined {
  let total: Decimal | null = null
  for (const unit of fieldsOf(line)) {
    const text = (typed[unit] ?? '').trim()
    if (!text) continue
    const quantity = tidy(text)
    if (quantity === null || compare(quantity, 0) < 0) return undefined
    const size = line.packs.find(pack => pack.unit === unit)?.quantity ?? '1'
    total = add(total ?? '0', multiply(quantity, size))
  }
  return total === null ? null : trim(total)
}

/** What was counted as it is typed: whole large units, and the rest. */
export function typedOf(line: CountLineView, counted: Decimal | null): Typed {
  if (counted === null) return {}
  const pack = line.packs[0]
  if (!pack || compare(counted, pack.quantity) < 0) return { [line.base_unit]: trim(counted) }
  let whole = 0n
  const size = BigInt(Math.trunc(Number(pack.quantity)))
  whole = BigInt(counted.split('.')[0] ?? '0') / size
  const rest = trim(subtract(counted, multiply(String(whole), pack.quantity)))
  return { [pack.unit]: String(whole), ...(rest === '0' ? {} : { [line.base_unit]: rest }) }
}

export function differenceOf(line: CountLineView, counted: Decimal | null): Decimal | null {
  return counted === null ? null : trim(subtract(counted, line.expected))
}
