/** Lines of stock typed or pasted: what is sent of them, and where faults stand. Pure. */

import type { Fault } from '@dinghuo/api'
import type { GridRow, Mark } from '@/components/grid/types'

export type EntryKind = 'receive' | 'adjust' | 'count'

/** Columns by kind: first those that are typed, in the order in which they are pasted; then what is told of them. */
export const COLUMNS: Record<EntryKind, readonly string[]> = {
  receive: ['sku', 'unit', 'quantity', 'unit_cost', 'lot', 'expires_on', 'name'],
  adjust: ['sku', 'unit', 'quantity', 'reason', 'note', 'lot', 'name'],
  count: ['sku', 'unit', 'quantity', 'book', 'difference', 'name'],
}

export const REASONS = ['damaged', 'lost', 'found', 'expired', 'sample', 'correction'] as const

export const isFilled = (row: GridRow) => !!row.sku?.trim() && (row.quantity ?? '').trim() !== ''
export const isBegun = (row: GridRow) => !!(row.sku?.trim() || row.quantity?.trim())

/** A reason by its code or by what it is called on screen. */
export function reasonOf(typed: string, called: (reason: string) => string): string | undefined {
  const plain = typed.trim().toLowerCase()
  return REASONS.find(reason => reason === plain || called(reason).toLowerCase() === plain)
}

/** Which row and column a fault of `items[2].quantity` or `items[0].lines[2].sku` is about. */
export function placeOf(fault: Fault): { index: number; key: string } | null {
  const found = /^items\[(\d+)\](?:\.lines\[(\d+)\])?\.?(\w*)/.exec(fault.field ?? '')
  if (!found) return null
  const isLine = found[2] !== undefined
  const key = found[3] || 'sku'
  if (!isLine && !['sku', 'unit', 'quantity', 'reason', 'note', 'unit_cost', 'lot'].includes(key)) return null
  return { index: Number(isLine ? found[2] : found[1]), key }
}

/** Faults at their cells; those that are about no cell are left over. */
export function marksOf(
  faults: readonly Fault[],
  sent: readonly GridRow[],
): { marks: Map<string, Mark>; rest: Fault[] } {
  const marks = new Map<string, Mark>()
  const rest: Fault[] = []
  for (const fault of faults) {
    const place = placeOf(fault)
    const row = place ? sent[place.index] : undefined
    if (place && row) marks.set(`${row.id}:${place.key}`, { tone: 'bad', message: fault.message })
    else rest.push(fault)
  }
  return { marks, rest }
}

/** A day as it is typed or as Excel has it: `2026/12/1`, too. What is none goes as it is, and the server says so. */
export function dayTyped(text: string): string | null {
  const found = /^(\d{4})\D(\d{1,2})\D(\d{1,2})\D?$/.exec(text.trim())
  return found ? `${found[1]}-${found[2]?.padStart(2, '0')}-${found[3]?.padStart(2, '0')}` : text.trim() || null
}
