import { describe, expect, it } from 'vitest'
import {
  availableIn,
  blankEntry,
  blankLine,
  bodyOf,
  entryOf,
  faultsById,
  filled,
  fixesOf,
  placeLines,
  priceTyped,
  quantityWithUnit,
  readPaste,
  sameEntry,
  sentence,
  unitCode,
  withBlank,
} from '@/pages/order-entry/lines'
import { stepped } from '@/pages/order-entry/stepping'

const units = [
  { code: 'case', name: '箱', name_en: 'case' },
  { code: 'bottle', name: '瓶', name_en: 'bottle' },
]
const line = (sku: string, quantity = '') => ({ ...blankLine(), sku, quantity })

describe('pasting lines', () => {
  it('takes code and quantity from two columns', () => {
    expect(readPaste('A-1\t5\nA-2\t1,200\n', units)).toEqual([
      { sku: 'A-1', quantity: '5', unit: '', price: '' },
      { sku: 'A-2', quantity: '1200', unit: '', price: '' },
    ])
  })
  it('finds columns by their headings, in whatever order', () => {
    const text = '序号\t商品名称\t数量\t单位\t货号\t单价\n1\t苹果汁\t5\t箱\tA-1\t28.50\n2\t橙汁\t6\t瓶\tA-2\t¥3'
    expect(readPaste(text, units)).toEqual([
      { sku: 'A-1', quantity: '5', unit: 'case', price: '28.5' },
      { sku: 'A-2', quantity: '6', unit: 'bottle', price: '3' },
    ])
  })
  it('knows barcodes from quantities, and units behind quantities', () => {
    expect(readPaste('6991103001251\t5箱\n6991103001268\t7', units)).toEqual([
      { sku: '6991103001251', quantity: '5', unit: 'case', price: '' },
      { sku: '6991103001268', quantity: '7', unit: '', price: '' },
    ])
  })
  it('keeps a unit nobody knows, so that it is told', () => {
    expect(readPaste('A-1\t5\t框\nA-2\t5\t箱\nA-3\t5\t箱', units)[0]).toEqual({
      sku: 'A-1',
      quantity: '5',
      unit: '框',
      price: '',
    })
  })
  it('reads lines of a chat message', () => {
    expect(readPaste('A-1 5箱\nA-2 x 6\n苹果汁 450ml，７瓶\nA-4', units)).toEqual([
      { sku: 'A-1', quantity: '5', unit: 'case', price: '' },
      { sku: 'A-2', quantity: '6', unit: '', price: '' },
      { sku: '苹果汁 450ml', quantity: '7', unit: 'bottle', price: '' },
      { sku: 'A-4', quantity: '', unit: '', price: '' },
    ])
  })
  it('puts them in at the line, using up empty ones', () => {
    const there = [line('X', '1'), blankLine(), line('Y', '2'), blankLine()]
    expect(placeLines(there, 1, [line('A'), line('B')]).map(each => each.sku)).toEqual(['X', 'A', 'B', 'Y', ''])
  })
})

describe('what is typed', () => {
  it('takes units by any name', () => {
    expect(unitCode('箱', units)).toBe('case')
    expect(unitCode('CASE', units)).toBe('case')
    expect(unitCode('个', units)).toBeNull()
    expect(quantityWithUnit('5 瓶', units)).toEqual({ quantity: '5', unit: 'bottle' })
    expect(quantityWithUnit('5', units)).toBeNull()
    expect(quantityWithUnit('5 个', units)).toBeNull()
  })
  it('takes prices as shares of the list price', () => {
    expect(priceTyped('95%', '28.50')).toBe('27.075')
    expect(priceTyped('9.5折', '28.50')).toBe('27.075')
    expect(priceTyped('¥1,028.50', null)).toBe('1028.5')
    expect(priceTyped('', '28.50')).toBe('')
    expect(priceTyped('95%', null)).toBeNull()
    expect(priceTyped('cheap', '28.50')).toBeNull()
  })
  it('steps quantities', () => {
    expect(stepped('', 1)).toBe('1')
    expect(stepped('0.5', -1)).toBe('0')
    expect(stepped('9', 1)).toBe('10')
  })
})

describe('an entry', () => {
  const elsewhere = {
    recipient: 'W',
    street: 'S 1',
    country: 'CN',
    mobile: null,
    province: null,
    city: null,
    district: null,
    postcode: null,
  }
  const draft = {
    id: 'd',
    customer: 'K1',
    customer_name: 'K',
    customer_name_en: null,
    name: null,
    customer_reference: 'PO-1',
    requested_date: '2026-12-01',
    ship_to: null,
    note: null,
    lines: [
      {
        sku: 'A',
        quantity: '5.000000',
        unit: 'case',
        price: '3.500000',
        note: 'cold',
        requested_date: '2026-12-02',
        ship_to: elsewhere,
        blanket: 'BO-1',
        rebate_goods: true,
      },
    ],
    order_id: null,
    updated_at: '',
    revision: 1,
    proposal: null,
  }
  it('goes to a draft and comes back as it was', () => {
    const entry = entryOf(draft, { id: 'k', code: 'K1', name: 'K' })
    expect(bodyOf(entry, entry.lines)).toEqual({
      customer: 'K1',
      customer_reference: 'PO-1',
      requested_date: '2026-12-01',
      ship_to: null,
      note: null,
      lines: [
        {
          sku: 'A',
          quantity: '5',
          unit: 'case',
          price: '3.5',
          note: 'cold',
          requested_date: '2026-12-02',
          ship_to: elsewhere,
          blanket: 'BO-1',
          rebate_goods: true,
        },
      ],
    })
  })
  it('is the same whatever the ids of its lines and however many empty ones', () => {
    const one = { ...blankEntry(), lines: [line('A', '5')] }
    expect(sameEntry(one, { ...blankEntry(), lines: withBlank([line('A', '5')]) })).toBe(true)
    expect(sameEntry(one, { ...blankEntry(), lines: [line('A', '6')] })).toBe(false)
  })
  it('ends with exactly one empty line', () => {
    const lines = withBlank([line('A', '5')])
    expect(lines).toHaveLength(2)
    expect(withBlank(lines)).toHaveLength(2)
    expect(filled(lines)).toHaveLength(1)
  })
})

describe('faults', () => {
  const short = {
    code: 'short-stock',
    message: '第 2 行：A 可用 1',
    field: 'lines[1].quantity',
    line: 2,
    params: { suggested: '607' },
  }
  it('stand at their lines, also where empty lines were not sent', () => {
    const sent = [line('A'), line('B')]
    const found = faultsById([short, { code: 'over-credit', message: 'too much' }], sent)
    expect(found.get(sent[1]?.id ?? '')).toEqual([short])
    expect(found.get('')?.map(each => each.code)).toEqual(['over-credit'])
  })
  it('are mended by what the server suggests', () => {
    expect(fixesOf(short)).toEqual([{ key: 'quantity', value: '607' }])
    expect(fixesOf({ ...short, params: { suggested: '0' } })).toEqual([{ key: 'remove', value: '' }])
    expect(fixesOf({ code: 'unknown-unit', message: '' })).toEqual([{ key: 'unit', value: '' }])
    expect(fixesOf({ code: 'over-credit', message: '' })).toEqual([])
  })
  it('are said without their line', () => {
    expect(sentence(short)).toBe('A 可用 1')
    expect(sentence({ code: 'x', message: 'Line 12: there is no SKU A' })).toBe('There is no SKU A')
  })
})

it('tells what is available in the unit of the line', () => {
  const of = {
    line_no: 1,
    sku: 'A',
    name: '',
    unit: 'case',
    base_unit: 'bottle',
    list_price: null,
    deal_price: null,
    tax_inclusive: true,
    amounts: null,
    reason: null,
    supply_policy: 'refuse',
  }
  expect(availableIn({ ...of, quantity: '5', base_quantity: '75', available: '9105.000000' })).toBe('607')
  expect(availableIn({ ...of, quantity: '0.5', base_quantity: '7.5', available: '14' })).toBe('0')
  expect(availableIn({ ...of, quantity: '5', base_quantity: '75', available: null })).toBeNull()
})
