/** An order that calls off a blanket order: `/orders/new?customer=D001&blanket=<id>&lines=1:20,3:5`. */

import { isZero, newKey, trim } from '@dinghuo/api'
import { readBlanket } from './ask'
import { blankLine } from './lines'
import type { Line } from './types'

/** Its lines, with the quantities that were asked for; without any, all of which something is left. */
export async function callOffLines(blanketId: string, asked: string | null): Promise<Line[]> {
  const blanket = await readBlanket(blanketId)
  const wanted = new Map((asked ?? '').split(',').map(each => each.split(':') as [string, string]))
  return blanket.lines
    .filter(line => (asked ? wanted.has(String(line.line_no)) : !isZero(line.remaining)))
    .map(line => ({
      ...blankLine(),
      id: newKey(),
      sku: line.sku,
      unit: line.unit,
      quantity: trim(wanted.get(String(line.line_no)) ?? ''),
      blanket: blanket.number,
    }))
}
