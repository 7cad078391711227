/** Proposed lines as they stand in the dialog, without a screen. */

import { type components, isDecimal, isZero } from '@dinghuo/api'

type Schemas = components['schemas']
export type Pasted = Schemas['PastedForStaff']
export type PasteLine = Schemas['PasteLine']
export type PasteSku = Schemas['PasteSku']

/** One line. `sku` empty: none was found; what was written is kept in its place. */
export interface PasteRow {
  line: PasteLine
  sku: string
  unit: string
  quantity: string
  takes: boolean
  /** Whether somebody has looked at it. */
  isChecked: boolean
}

export interface Correction {
  phrase: string
  sku: string
  unit: string | null
}

export function rowsOf(read: Pasted): PasteRow[] {
  return read.lines.map(line => ({
    line,
    sku: line.sku ?? '',
    unit: line.unit ?? '',
    quantity: line.quantity ?? '',
    takes: true,
    isChecked: !line.doubtful,
  }))
}

/** What a row may be: the goods proposed, those that may have been meant, and none of them. */
export function choicesOf(row: PasteRow): string[] {
  return [...(row.line.sku ? [row.line.sku] : []), ...row.line.alternatives.map(each => each.sku), '']
}

/** What was read for these goods in a row's text. */
function readFor(row: PasteRow, sku: string): { unit?: string | null; quantity?: string | null } | undefined {
  return sku === (row.line.sku ?? '') ? row.line : row.line.alternatives.find(each => each.sku === sku)
}

/** Other goods in a row, by the unit that was read for them, and the quantity unless it was typed over. */
export function choose(row: PasteRow, sku: string, goods: ReadonlyMap<string, PasteSku>): PasteRow {
  const read = readFor(row, sku)
  const units = goods.get(sku)?.units ?? []
  const kept = units.some(each => each.unit === row.unit) ? row.unit : (goods.get(sku)?.default_unit ?? '')
  const isTyped = row.quantity !== (readFor(row, row.sku)?.quantity ?? row.line.quantity ?? '')
  const quantity = isTyped ? row.quantity : (read?.quantity ?? row.quantity)
  return { ...row, sku, unit: read?.unit ?? kept, quantity, isChecked: true }
}

/** The goods before or behind the present ones. */
export function turn(row: PasteRow, by: 1 | -1, goods: ReadonlyMap<string, PasteSku>): PasteRow {
  const choices = choicesOf(row)
  const at = (choices.indexOf(row.sku) + by + choices.length) % choices.length
  return choose(row, choices[at] ?? '', goods)
}

export const isCount = (quantity: string) => isDecimal(quantity) && !isZero(quantity)
export const isRight = (row: PasteRow) => !!row.sku && isCount(row.quantity)

/** What becomes a line of the order; goods not found are kept as they were written, for the grid to help with. */
export function linesOf(rows: readonly PasteRow[]): { sku: string; quantity: string; unit: string }[] {
  return rows
    .filter(row => row.takes)
    .map(row => ({ sku: row.sku || row.line.phrase, quantity: row.quantity, unit: row.sku ? row.unit : '' }))
}

/** What was put right, so that it is right the next time. A unit counts only where it was changed itself. */
export function correctionsOf(rows: readonly PasteRow[]): Correction[] {
  return rows.flatMap(({ line, sku, unit, takes }) => {
    if (!takes || !sku || !line.phrase) return []
    const isOther = sku !== line.sku
    const isOtherUnit = !isOther && !!line.unit && unit !== line.unit
    return isOther || isOtherUnit ? [{ phrase: line.phrase, sku, unit: isOtherUnit ? unit : null }] : []
  })
}

export type Tone = 'fine' | 'check' | 'missing' | 'chosen'

export function toneOf(row: PasteRow): Tone {
  if (!row.sku) return 'missing'
  if (row.sku !== (row.line.sku ?? '')) return 'chosen'
  return row.isChecked ? 'fine' : 'check'
}
