/** The price grid apart from how it is drawn: rows, columns, what was typed and what is wrong with it. Pure. */

import { compare, type Decimal, type Fault, tidy } from '@dinghuo/api'

export interface Cell {
  list: string
  unit: string
  minimum_quantity: Decimal
  price: Decimal
}

export interface SkuPrices {
  sku: string
  name: string
  name_en?: string | null
  base_unit: string
  sales_unit: string
  units: string[]
  cells: Cell[]
}

export interface Row {
  id: string
  sku: string
  name: string
  unit: string
  [column: string]: string | undefined
}

/** A cell given another price: null removes it; `was` is what was there when it was typed over. */
export interface Typed {
  price: string | null
  was: string | null
}

/** By `address`. */
export type TypedCells = Record<string, Typed>

/** Whether columns are the breaks of one list, or several lists. */
export type Shape = 'breaks' | 'lists'

const SEP = '\u001f'
export const rowId = (sku: string, unit: string) => `${sku}${SEP}${unit}`
export const addressOf = (list: string, sku: string, unit: string, minimum: Decimal) =>
  [list, sku, unit, minimum].join(SEP)

export function partsOf(address: string): { list: string; sku: string; unit: string; minimum_quantity: string } {
  const [list = '', sku = '', unit = '', minimum_quantity = '0'] = address.split(SEP)
  return { list, sku, unit, minimum_quantity }
}

const plain = (value: Decimal) => tidy(value) ?? value

/** From which quantities on there are prices, the smallest first; always 0. */
export function breaksOf(items: readonly SkuPrices[], list: string, added: readonly Decimal[] = []): Decimal[] {
  const found = new Set(['0', ...added.map(plain)])
  for (const item of items)
    for (const cell of item.cells) if (cell.list === list) found.add(plain(cell.minimum_quantity))
  return [...found].sort((a, b) => compare(a, b))
}

/** The key of a cell's column. */
export function columnOf(shape: Shape, cell: Pick<Cell, 'list' | 'minimum_quantity'>): string | null {
  if (shape === 'breaks') return `q${plain(cell.minimum_quantity)}`
  return compare(cell.minimum_quantity, 0) === 0 ? `l${cell.list}` : null
}

/** Which list and quantity a column is about; null for those that are not prices. */
export function columnMeaning(
  shape: Shape,
  key: string,
  lists: readonly string[],
): { list: string; minimum: Decimal } | null {
  if (shape === 'breaks' && /^q\d/.test(key)) return { list: lists[0] ?? '', minimum: key.slice(1) }
  if (shape === 'lists' && key.startsWith('l') && lists.includes(key.slice(1)))
    return { list: key.slice(1), minimum: '0' }
  return null
}

/** What is at the server, by address. */
export function pricesOf(items: readonly SkuPrices[]): Map<string, Decimal> {
  const found = new Map<string, Decimal>()
  for (const item of items)
    for (const cell of item.cells)
      found.set(addressOf(cell.list, item.sku, cell.unit, plain(cell.minimum_quantity)), plain(cell.price))
  return found
}

/** One row for each unit that has a price, or could have one; what was typed lies over what is there. */
export function rowsOf(
  items: readonly SkuPrices[],
  shape: Shape,
  lists: readonly string[],
  typed: TypedCells,
  everyUnit: boolean,
): Row[] {
  const byRow = new Map<string, [string, Typed][]>()
  for (const [address, value] of Object.entries(typed)) {
    const { sku, unit } = partsOf(address)
    const key = rowId(sku, unit)
    byRow.set(key, [...(byRow.get(key) ?? []), [address, value]])
  }
  return items.flatMap(item => {
    const priced = item.units.filter(
      unit => item.cells.some(cell => cell.unit === unit) || byRow.has(rowId(item.sku, unit)),
    )
    const units = everyUnit ? item.units : priced.length ? priced : [item.sales_unit]
    return units.map(unit => {
      const row: Row = { id: rowId(item.sku, unit), sku: item.sku, name: item.name, unit }
      for (const cell of item.cells) {
        const column = cell.unit === unit ? columnOf(shape, cell) : null
        if (column) row[column] = plain(cell.price)
      }
      for (const [address, { price }] of byRow.get(row.id) ?? []) {
        const column = columnOf(shape, partsOf(address))
        if (column && lists.includes(partsOf(address).list)) row[column] = price ?? ''
      }
      return row
    })
  })
}

/** What is typed, once more is. A cell typed back to what is there is as it was. */
export function typeInto(typed: TypedCells, address: string, value: string, now: Decimal | undefined): TypedCells {
  const next = { ...typed }
  const price = value.trim() === '' ? null : (tidy(value) ?? value.trim())
  if (price === (now ?? null)) delete next[address]
  else next[address] = { price, was: now ?? null }
  return next
}

/** Where somebody else changed a price since it was typed over here. */
export function isOvertaken(typed: Typed, now: Decimal | undefined): boolean {
  return typed.was !== (now ?? null)
}

/** Faults of a saved block by the number of their cell: `cells[3].price`. */
export function faultsByCell(faults: readonly Fault[]): Map<number, string[]> {
  const found = new Map<number, string[]>()
  for (const fault of faults) {
    const index = /^cells\[(\d+)\]/.exec(fault.field ?? '')?.[1]
    if (index === undefined) continue
    found.set(Number(index), [...(found.get(Number(index)) ?? []), fault.message])
  }
  return found
}
