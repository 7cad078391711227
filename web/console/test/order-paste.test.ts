import { describe, expect, it } from 'vitest'
import {
  choicesOf,
  choose,
  correctionsOf,
  linesOf,
  type Pasted,
  rowsOf,
  toneOf,
  turn,
} from '../src/pages/order-paste/rows'

const unit = (code: string) => ({ unit: code, name: code, name_en: null })
const sku = (code: string) => ({
  id: code,
  code,
  name: code,
  name_en: null,
  specification: null,
  image: null,
  base_unit: 'can',
  default_unit: 'case',
  units: [unit('can'), unit('case')],
})
const line = (phrase: string, code: string | null) => ({
  line: 1,
  text: `${phrase} 3`,
  start: 0,
  end: 3,
  phrase,
  sku: code,
  unit: code && 'case',
  quantity: '3',
  confidence: code ? 97 : 0,
  doubtful: !code,
  reason: { kind: 'name' as const, text: '' },
  doubts: [],
  alternatives: [{ sku: 'B', unit: 'can', quantity: '4', confidence: 10 }],
})
const read = {
  text: '',
  lines: [line('cola', 'A'), line('red cap', null)],
  unmatched: [],
  withdrawn: [],
  requested_date: null,
  note: null,
  skus: [sku('A'), sku('B')],
} as Pasted
const goods = new Map(read.skus.map(one => [one.code, one]))

describe('lines proposed from a pasted text', () => {
  it('go through the goods they may mean, and back', () => {
    const [row] = rowsOf(read)
    if (!row) throw new Error('no row')
    expect(choicesOf(row)).toEqual(['A', 'B', ''])
    const other = turn(row, 1, goods)
    expect([other.sku, other.unit, other.quantity, toneOf(other)]).toEqual(['B', 'can', '4', 'chosen'])
    expect(turn(other, -1, goods)).toEqual({ ...row, isChecked: true })
  })

  it('become lines of the order, kept as written where nothing was found', () => {
    expect(linesOf(rowsOf(read))).toEqual([
      { sku: 'A', quantity: '3', unit: 'case' },
      { sku: 'red cap', quantity: '3', unit: '' },
    ])
  })

  it('teach only what was put right', () => {
    const [first, second] = rowsOf(read)
    if (!first || !second) throw new Error('no rows')
    expect(correctionsOf([first, second])).toEqual([])
    expect(correctionsOf([{ ...first, unit: 'can' }, choose(second, 'B', goods)])).toEqual([
      { phrase: 'cola', sku: 'A', unit: 'can' },
      { phrase: 'red cap', sku: 'B', unit: null },
    ])
    expect(correctionsOf([{ ...choose(second, 'B', goods), takes: false }])).toEqual([])
  })
})
