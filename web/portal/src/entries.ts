/** Lines typed, pasted or read from a sheet: from text to entries, from entries to what goes into the cart. */

import { tidy } from '@dinghuo/api'
import type { Entry, Wanted } from '@/api/types'

export interface Typed {
  code: string
  quantity: string
  unit: string
}

const HEADINGS = /货号|编码|条码|数量|code|sku|qty|quantity/i

/** Rows pasted from Excel or a message: code, quantity and perhaps a unit, parted by tabs, commas or spaces. */
export function parseRows(text: string): Typed[] {
  return text
    .split(/\r?\n/)
    .map(line => line.trim())
    .filter(Boolean)
    .map(rowOf)
    .filter((row, n) => !(n === 0 && HEADINGS.test(row.code) && tidy(row.quantity) === null))
}

function rowOf(line: string): Typed {
  const cells = line.includes('\t') ? line.split('\t') : line.split(/[,，;；×*\s]+/)
  const [code = '', second = '', third = ''] = cells.map(cell => cell.trim())
  const glued = /^([\d.,]+)\s*([^\d.,\s]+)$/.exec(second)
  if (glued) return { code, quantity: tidy(glued[1] ?? '') ?? second, unit: glued[2] ?? '' }
  return { code, quantity: tidy(second) ?? second, unit: third }
}

/** The lines that can go into the cart as they are. */
export function wantedOf(entries: readonly Entry[]): Wanted[] {
  return entries.flatMap(entry => {
    const { sku, quantity, unit, problem } = entry
    return sku && quantity && !problem ? [{ sku: sku.code, unit: unit ?? sku.default_unit, quantity }] : []
  })
}
