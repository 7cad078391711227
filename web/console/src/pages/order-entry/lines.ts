/** What is to be reckoned about the lines of an order being written, without a screen. */

import { type Fault, isDecimal, multiply, newKey, round, tidy, trim } from '@dinghuo/api'
import { parseBlock } from '@/components/grid/clipboard'
import type { DraftView, Entry, Line, LineRequest, PreviewLine, ShipTo } from './types'

export function blankLine(): Line {
  return {
    id: newKey(),
    sku: '',
    quantity: '',
    unit: '',
    price: '',
    note: '',
    requested: '',
    blanket: '',
    byGoods: '',
    shipTo: '',
  }
}

export function blankEntry(): Entry {
  return { customer: null, lines: [], reference: '', requested: '', note: '', shipTo: null }
}

export const isBlank = (line: Line) => !line.sku && !line.quantity && !line.unit && !line.price && !line.note
export const filled = (lines: readonly Line[]) => lines.filter(line => !isBlank(line))
/** With one empty line at the end, to type into. */
export function withBlank(lines: readonly Line[]): Line[] {
  const last = lines.at(-1)
  return last && isBlank(last) ? [...lines] : [...lines, blankLine()]
}

/** Complete enough to be priced. */
export const isAskable = (line: Line) => !!line.sku && isDecimal(line.quantity)

export function requestOf(line: Line): LineRequest {
  return {
    sku: line.sku.trim(),
    quantity: line.quantity,
    unit: line.unit || null,
    price: isDecimal(line.price) ? line.price : null,
    note: line.note.trim() || null,
    requested_date: line.requested || null,
    blanket: line.blanket || null,
    rebate_goods: !!line.byGoods,
    ship_to: addressOf(line),
  }
}

/** Where a line goes when its order goes elsewhere. */
export const addressOf = (line: Pick<Line, 'shipTo'>): ShipTo | null =>
  line.shipTo ? (JSON.parse(line.shipTo) as ShipTo) : null

export function bodyOf(entry: Entry, lines: readonly Line[]) {
  return {
    customer: entry.customer?.code ?? '',
    lines: lines.map(requestOf),
    customer_reference: entry.reference.trim() || null,
    requested_date: entry.requested || null,
    ship_to: entry.shipTo,
    note: entry.note.trim() || null,
  }
}

export function entryOf(draft: DraftView, customer: Entry['customer']): Entry {
  return {
    customer,
    lines: draft.lines.map(line => ({
      id: newKey(),
      sku: line.sku,
      quantity: isDecimal(line.quantity) ? trim(line.quantity) : line.quantity,
      unit: line.unit ?? '',
      price: line.price ? trim(line.price) : '',
      note: line.note ?? '',
      requested: line.requested_date ?? '',
      blanket: line.blanket ?? '',
      byGoods: line.rebate_goods ? 'yes' : '',
      shipTo: line.ship_to ? JSON.stringify(line.ship_to) : '',
    })),
    reference: draft.customer_reference ?? '',
    requested: draft.requested_date ?? '',
    note: draft.note ?? '',
    shipTo: draft.ship_to,
  }
}

/** Two entries that would be sent alike; ids of lines and empty lines are nothing. */
export function sameEntry(a: Entry, b: Entry): boolean {
  return JSON.stringify(bodyOf(a, filled(a.lines))) === JSON.stringify(bodyOf(b, filled(b.lines)))
}

export const isEmptyEntry = (entry: Entry) =>
  !entry.customer && !filled(entry.lines).length && !entry.note && !entry.reference

// ---- Units.

export interface UnitName {
  code: string
  name: string
  name_en: string | null
}

/** The code of a unit by whatever people call it: 箱, case, CASE. */
export function unitCode(said: string, units: readonly UnitName[]): string | null {
  const wanted = said.trim().toLowerCase()
  if (!wanted) return null
  return (
    units.find(unit => [unit.code, unit.name, unit.name_en].some(name => name?.toLowerCase() === wanted))?.code ??
    null
  )
}

/** `5箱`, `5 case`: a quantity with its unit behind it. */
export function quantityWithUnit(
  typed: string,
  units: readonly UnitName[],
): { quantity: string; unit: string } | null {
  const found = /^([\d０-９.．,，]+)\s*([^\d\s.,]+)$/.exec(typed.trim())
  const quantity = found?.[1] && tidy(found[1])
  const unit = found?.[2] && unitCode(found[2], units)
  return quantity && unit ? { quantity, unit } : null
}

/** A price as typed: `28.5`, or of the list price `95%` or `9.5折`. Null when it is none. */
export function priceTyped(typed: string, list: string | null): string | null {
  const text = typed.trim()
  if (!text) return ''
  const share = /^([\d.]+)\s*(%|％|折)$/.exec(text)
  if (share?.[1] && isDecimal(share[1])) {
    if (!list) return null
    const part = multiply(share[1], share[2] === '折' ? '0.1' : '0.01')
    return trim(round(multiply(list, part), 4))
  }
  return tidy(text)
}

// ---- Pasting.

export interface Pasted {
  sku: string
  quantity: string
  unit: string
  price: string
}

type Role = 'sku' | 'quantity' | 'unit' | 'price'
const HEADS: [Role, RegExp][] = [
  ['sku', /编码|货号|条码|料号|型号|代码|code|sku|barcode|item|article/i],
  ['quantity', /数量|件数|订货|qty|quantity|count/i],
  ['unit', /单位|unit|uom/i],
  ['price', /单价|价格|成交价|price/i],
]
const LINE = /^(.+)[\s,，、:：;；xX×*＊]+([\d０-９.．]+)\s*([^\d\s,，]*)$/
const TIMES = /(\s+[xX×]|[\s,，、:：;；×*＊])+$/

const isNumber = (text: string) => tidy(text) !== null
/** Digits only, and too many to be a quantity: a barcode. */
const isCode = (text: string) => text !== '' && (!isNumber(text) || /^\d{8,}$/.test(text))

/**
 * Lines out of a block from Excel or a chat message: which column is what is told by its heading, or by what stands in
 * it. `5箱` in the column of quantities is a quantity and its unit.
 */
export function readPaste(text: string, units: readonly UnitName[]): Pasted[] {
  const block = parseBlock(text).filter(row => row.some(cell => cell))
  const wide = Math.max(0, ...block.map(row => row.length))
  if (wide <= 1) return block.map(row => readLine(row[0] ?? '', units))
  const byHead = rolesByHead(block[0] ?? [])
  const rows = byHead.sku === undefined && byHead.quantity === undefined ? block : block.slice(1)
  const roles = { ...rolesByContent(rows, wide, units), ...byHead }
  return rows.map(row => {
    const at = (role: Role) => (roles[role] === undefined ? '' : (row[roles[role]] ?? '').trim())
    return settle({ sku: at('sku'), quantity: at('quantity'), unit: at('unit'), price: at('price') }, units)
  })
}

function readLine(line: string, units: readonly UnitName[]): Pasted {
  const found = LINE.exec(line.trim())
  if (!found) return { sku: line.trim(), quantity: '', unit: '', price: '' }
  return settle(
    { sku: (found[1] ?? '').replace(TIMES, ''), quantity: found[2] ?? '', unit: found[3] ?? '', price: '' },
    units,
  )
}

function settle(pasted: Pasted, units: readonly UnitName[]): Pasted {
  const both = quantityWithUnit(pasted.quantity, units)
  return {
    sku: pasted.sku,
    quantity: both?.quantity ?? tidy(pasted.quantity) ?? pasted.quantity,
    unit: unitCode(pasted.unit, units) ?? both?.unit ?? pasted.unit,
    price: tidy(pasted.price) ?? '',
  }
}

function rolesByHead(row: readonly string[]): Partial<Record<Role, number>> {
  const roles: Partial<Record<Role, number>> = {}
  row.forEach((cell, index) => {
    if (isNumber(cell)) return
    const role = HEADS.find(([name, words]) => roles[name] === undefined && words.test(cell))?.[0]
    // A code such as `SKU-100` is no heading.
    if (role && !/\d/.test(cell)) roles[role] = index
  })
  return roles
}

function rolesByContent(
  rows: readonly string[][],
  wide: number,
  units: readonly UnitName[],
): Partial<Record<Role, number>> {
  const share = (at: number, test: (cell: string) => boolean) => {
    const cells = rows.map(row => row[at] ?? '').filter(cell => cell)
    return cells.length ? cells.filter(test).length / cells.length : 0
  }
  const columns = Array.from({ length: wide }, (_, index) => index)
  const unit = columns.find(at => share(at, cell => unitCode(cell, units) !== null) > 0.5)
  const sku = columns.find(at => at !== unit && share(at, isCode) > 0.5) ?? 0
  const quantity = columns.find(
    at =>
      at !== sku &&
      at !== unit &&
      share(at, cell => (isNumber(cell) && !isCode(cell)) || !!quantityWithUnit(cell, units)) > 0.5,
  )
  return { sku, ...(quantity !== undefined && { quantity }), ...(unit !== undefined && { unit }) }
}

/** Whether a text is rather a message than a block of codes and quantities: that is for the server to read. */
export function isChat(text: string): boolean {
  const said = text.trim()
  if (said.includes('\t') || said.length < 4) return false
  return /[\u4e00-\u9fff]/.test(said)
    ? /[\d一二三四五六七八九十两半]/.test(said)
    : /[a-z]{3,} .*\d|\d.* [a-z]{3,}/i.test(said)
}

/** Put lines in from this one on: empty lines are used up first, others stay and what is left comes behind them. */
export function placeLines(lines: readonly Line[], at: number, added: readonly Line[]): Line[] {
  const before = lines.slice(0, at)
  const behind = lines.slice(at).filter(line => !isBlank(line))
  return withBlank([...before.filter(line => !isBlank(line)), ...added, ...behind])
}

// ---- Faults and what would mend them.

export interface Fix {
  key: 'quantity' | 'remove' | 'unit' | 'sku'
  /** The new value of that cell. */
  value: string
  /** Shown where the value alone says too little. */
  label?: string
}

/** What would mend this fault at once; empty where a person must decide. */
export function fixesOf(fault: Fault): Fix[] {
  const suggested = fault.params?.suggested
  if (suggested !== undefined) {
    const value = trim(String(suggested))
    return [value === '0' ? { key: 'remove', value: '' } : { key: 'quantity', value }]
  }
  if (fault.code === 'unknown-unit') return [{ key: 'unit', value: '' }]
  if (['sku-discontinued', 'not-sold', 'unknown-sku'].includes(fault.code)) return [{ key: 'remove', value: '' }]
  return []
}

/** Without the number of the line, where it stands at its line. */
export function sentence(fault: Fault, unitName: (code: string) => string = code => code): string {
  let said = fault.message.replace(/^(第 \d+ 行：|Line \d+: )/, '')
  // The server says units by their codes.
  const codes = [fault.params?.base_unit, ...String(fault.params?.units ?? '').split(/[、,]\s*/)]
  for (const code of new Set(codes.map(each => String(each ?? ''))))
    if (code) said = said.replaceAll(code, unitName(code))
  return said.charAt(0).toUpperCase() + said.slice(1)
}

/** Faults by the id of the line as it was sent; under '' those of the whole order. */
export function faultsById(faults: readonly Fault[], sent: readonly Line[]): Map<string, Fault[]> {
  const found = new Map<string, Fault[]>()
  for (const fault of faults) {
    const id = fault.line ? (sent[fault.line - 1]?.id ?? '') : ''
    found.set(id, [...(found.get(id) ?? []), fault])
  }
  return found
}

/** How much of it there is in the line's own unit, whole ones; null is not limited. */
export function availableIn(line: PreviewLine): string | null {
  if (line.available === null) return null
  const [quantity, base] = [line.quantity, line.base_quantity]
  const scaled = multiply(line.available, quantity)
  return wholeOf(scaled, base)
}

function wholeOf(a: string, b: string): string {
  const places = (text: string) => text.split('.')[1]?.length ?? 0
  const most = Math.max(places(a), places(b))
  const raise = (text: string) => BigInt(text.replace('.', '') + '0'.repeat(most - places(text)))
  const by = raise(b)
  return by === 0n ? '0' : String(raise(a) / by)
}

/** An address in one line. */
export function addressLine(
  to: { street?: string | null } & Partial<
    Record<'recipient' | 'mobile' | 'province' | 'city' | 'district', string | null>
  >,
): string {
  const province = to.province && to.city?.startsWith(to.province) ? '' : (to.province ?? '')
  return [
    `${province}${to.city ?? ''}${to.district ?? ''}${to.street ?? ''}`,
    [to.recipient, to.mobile].filter(Boolean).join(' '),
  ]
    .filter(Boolean)
    .join(' · ')
}

/** An address without what the book of addresses says of it. */
export function shipToOf(address: ShipTo): ShipTo {
  const { recipient, street, mobile, province, city, district, postcode, country } = address
  return { recipient, street, mobile, province, city, district, postcode, country }
}
