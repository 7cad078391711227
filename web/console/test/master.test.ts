import type { Fault } from '@dinghuo/api'
import { describe, expect, it } from 'vitest'
import { pictureOf } from '../src/pages/customers/buckets'
import { blankForm, bodyOf } from '../src/pages/customers/form'
import {
  addressOf,
  breaksOf,
  columnMeaning,
  faultsByCell,
  isOvertaken,
  partsOf,
  pricesOf,
  rowId,
  rowsOf,
  type SkuPrices,
  typeInto,
} from '../src/pages/price-lists/cells'
import { barOf, phaseOf, quarters } from '../src/pages/price-lists/phase'
import { blankSku, productBody, skuBody, skuForm } from '../src/pages/products/forms'
import { branches, moved, within } from '../src/pages/products/tree'
import { percent, rateOf, ratioOf } from '../src/pages/products/units'
import { priceKey, shown, toldOf } from '../src/pages/records/changes'
import { marksOf, placeOf, reasonOf } from '../src/pages/stock/entry'
import { balances, linesOf } from '../src/pages/stock/history'

describe('the picture of a credit account', () => {
  const account = { open: '300.00', shipped: '0.00', billed: '500.00', unapplied: '0.00', exposure: '800.00' }

  it('is as long as the limit', () => {
    expect(pictureOf({ ...account, credit_limit: '1000.00', room: '200.00' })).toEqual({
      parts: [
        { key: 'open', amount: '300.00', share: 30 },
        { key: 'billed', amount: '500.00', share: 50 },
        { key: 'room', amount: '200.00', share: 20 },
      ],
      limitAt: null,
      over: null,
    })
  })

  it('shows the limit within what is taken up, where that is more', () => {
    const picture = pictureOf({ ...account, credit_limit: '400.00', room: '-400.00' })
    expect([picture.limitAt, picture.over]).toEqual([50, '400.00'])
    expect(picture.parts.map(part => part.share)).toEqual([37.5, 62.5])
  })

  it('has no room to show without a limit, and no parts without anything', () => {
    expect(pictureOf({ ...account, credit_limit: null, room: null }).parts.map(part => part.share)).toEqual([
      37.5, 62.5,
    ])
    const nothing = {
      open: '0',
      shipped: '0',
      billed: '0',
      unapplied: '0',
      exposure: '0',
      credit_limit: '0',
      room: '0',
    }
    expect(pictureOf(nothing)).toEqual({ parts: [], limitAt: null, over: null })
  })
})

describe('forms', () => {
  it('send nothing for empty text, and never the code', () => {
    const body = bodyOf({ ...blankForm('CNY'), code: 'K1', name: ' 甲 ', note: '  ' })
    expect([body.name, body.note, body.tier, 'code' in body]).toEqual(['甲', null, null, false])
    expect(
      bodyOf({
        addresses: [
          {
            id: 'x',
            recipient: '',
            street: '',
            label: '',
            mobile: '',
            province: '',
            city: '',
            district: '',
            postcode: '',
            country: 'CN',
            is_default: true,
          },
        ],
      }),
    ).toEqual({
      addresses: [
        {
          id: 'x',
          recipient: '',
          street: '',
          label: null,
          mobile: null,
          province: null,
          city: null,
          district: null,
          postcode: null,
          country: 'CN',
          is_default: true,
        },
      ],
    })
    expect(
      productBody({
        name: ' 茶 ',
        brand: '',
        media: [
          { sha256: 'a', sku: '' },
          { sha256: 'b', sku: 'S' },
        ],
      }),
    ).toEqual({
      name: '茶',
      brand: null,
      media: [{ sha256: 'a' }, { sha256: 'b', sku: 'S' }],
    })
  })

  it('turn percent into rates and back, exactly', () => {
    expect(['13', '9%', '0', '6.5', '0.5', '100', 'x'].map(rateOf)).toEqual([
      '0.13',
      '0.09',
      '0',
      '0.065',
      '0.005',
      '1',
      null,
    ])
    expect(['0.130000', '0.065000', '0', '1.000000', null].map(percent)).toEqual(['13%', '6.5%', '0%', '100%', null])
    const form = {
      ...blankSku(),
      minimum_quantity: '1,200',
      multiple: '',
      tax: '',
      units: [{ unit: 'case', numerator: 24, denominator: 1, barcode: ' ' }],
    }
    expect(skuBody(form)).toMatchObject({
      minimum_quantity: '1200',
      multiple: null,
      tax_rate: null,
      units: [{ unit: 'case', numerator: 24, denominator: 1, barcode: null }],
    })
    expect(skuBody({ sales_unit: '' })).toEqual({})
  })

  it('hold a SKU as it is', () => {
    const sku = {
      code: 'S',
      name: '茶',
      product: null,
      base_unit: 'bottle',
      sales_unit: 'case',
      minimum_quantity: '2.000000',
      multiple: null,
      tax_rate: null,
      supply_policy: 'refuse',
      weight_grams: 500,
      state: 'active',
      units: [],
    }
    expect(skuForm(sku as never)).toMatchObject({ minimum_quantity: '2', multiple: '', tax: '', weight_grams: '500' })
  })
})

describe('units and trees', () => {
  it('say how many one is', () => {
    const name = (code: string) => ({ case: '箱', bottle: '瓶' })[code] ?? code
    expect(ratioOf({ unit: 'case', numerator: 24, denominator: 1 }, 'bottle', name)).toBe('1 箱 = 24 瓶')
    expect(ratioOf({ unit: 'case', numerator: 2, denominator: 5 }, 'bottle', name)).toBe('5 箱 = 2 瓶')
  })

  const nodes = [
    { code: 'tea', name: '茶', parent: 'drinks', position: 2 },
    { code: 'drinks', name: '饮料', parent: null, position: 1 },
    { code: 'water', name: '水', parent: 'drinks', position: 1 },
    { code: 'lost', name: '?', parent: 'gone', position: 9 },
  ]

  it('put parents before children, by position', () => {
    expect(branches(nodes).map(({ node, depth, below }) => [node.code, depth, below])).toEqual([
      ['drinks', 0, 2],
      ['water', 1, 0],
      ['tea', 1, 0],
      ['lost', 0, 0],
    ])
    const circle = [
      { code: 'a', name: 'a', parent: 'b' },
      { code: 'b', name: 'b', parent: 'a' },
    ]
    expect(
      branches(circle)
        .map(({ node }) => node.code)
        .sort(),
    ).toEqual(['a', 'b'])
  })

  it('move a node among its siblings, and know what is below it', () => {
    expect(moved(nodes, 'tea', -1)).toEqual([
      { code: 'tea', position: 1 },
      { code: 'water', position: 2 },
    ])
    expect(moved(nodes, 'tea', 1)).toEqual([])
    expect([...within(nodes, 'drinks')].sort()).toEqual(['drinks', 'tea', 'water'])
  })
})

describe('price lists', () => {
  const list = { state: 'published', valid_from: '2026-08-01', valid_until: '2026-12-31' }

  it('are in force, coming, past, or not published', () => {
    const days = ['2026-07-31', '2026-08-01', '2026-12-31', '2027-01-01']
    expect(days.map(day => phaseOf(list, day))).toEqual(['coming', 'current', 'current', 'past'])
    expect(phaseOf({ ...list, state: 'draft' }, '2026-09-01')).toBe('draft')
  })

  it('lie on a line of two years', () => {
    expect(barOf({ ...list, valid_from: '2026-09-01', valid_until: '2026-09-01' }, '2026-09-01')).toMatchObject({
      left: 50,
      openLeft: false,
      openRight: false,
    })
    expect(barOf({ ...list, valid_from: '2020-01-01', valid_until: null }, '2026-09-01')).toEqual({
      left: 0,
      width: 100,
      openLeft: true,
      openRight: true,
    })
    expect(barOf({ ...list, valid_from: '2020-01-01', valid_until: '2021-01-01' }, '2026-09-01')).toBeNull()
    expect(quarters('2026-09-01').map(tick => tick.label)).toEqual([
      '10',
      '2026',
      '04',
      '07',
      '10',
      '2027',
      '04',
      '07',
    ])
  })
})

describe('the price grid', () => {
  const items: SkuPrices[] = [
    {
      sku: 'COLA',
      name: '可乐',
      base_unit: 'bottle',
      sales_unit: 'case',
      units: ['bottle', 'case'],
      cells: [
        { list: 'BASE', unit: 'bottle', minimum_quantity: '0.000000', price: '3.000000' },
        { list: 'BASE', unit: 'case', minimum_quantity: '10.000000', price: '60.000000' },
      ],
    },
    { sku: 'TEA', name: '茶', base_unit: 'bottle', sales_unit: 'case', units: ['bottle', 'case'], cells: [] },
  ]
  const at = addressOf('BASE', 'COLA', 'bottle', '0')

  it('has a row for each unit with a price, or the sales unit', () => {
    expect(breaksOf(items, 'BASE', ['5'])).toEqual(['0', '5', '10'])
    expect(rowsOf(items, 'breaks', ['BASE'], {}, false)).toEqual([
      { id: rowId('COLA', 'bottle'), sku: 'COLA', name: '可乐', unit: 'bottle', q0: '3' },
      { id: rowId('COLA', 'case'), sku: 'COLA', name: '可乐', unit: 'case', q10: '60' },
      { id: rowId('TEA', 'case'), sku: 'TEA', name: '茶', unit: 'case' },
    ])
    expect(rowsOf(items, 'lists', ['BASE'], {}, true).map(row => [row.unit, row.lBASE])).toEqual([
      ['bottle', '3'],
      ['case', undefined],
      ['bottle', undefined],
      ['case', undefined],
    ])
  })

  it('keeps what is typed with what was there, and forgets what is typed back', () => {
    const there = pricesOf(items)
    const typed = typeInto({}, at, '¥3.20', there.get(at))
    expect(typed).toEqual({ [at]: { price: '3.2', was: '3' } })
    expect(rowsOf(items, 'breaks', ['BASE'], typed, false)[0]).toMatchObject({ q0: '3.2' })
    expect(typeInto(typed, at, '3.00', there.get(at))).toEqual({})
    expect(typeInto({}, at, '', there.get(at))).toEqual({ [at]: { price: null, was: '3' } })
    expect(typeInto({}, at, 'abc', undefined)).toEqual({ [at]: { price: 'abc', was: null } })
    expect(partsOf(at)).toEqual({ list: 'BASE', sku: 'COLA', unit: 'bottle', minimum_quantity: '0' })
  })

  it('knows what was changed by somebody else meanwhile, and where faults stand', () => {
    expect([
      isOvertaken({ price: '4', was: '3' }, '3'),
      isOvertaken({ price: '4', was: '3' }, '3.5'),
      isOvertaken({ price: '4', was: null }, undefined),
    ]).toEqual([false, true, false])
    const faults = [
      { code: 'a', message: 'A', field: 'cells[1].price' },
      { code: 'b', message: 'B', field: 'cells[1].unit' },
      { code: 'c', message: 'C', field: '' },
    ] as Fault[]
    expect([...faultsByCell(faults)]).toEqual([[1, ['A', 'B']]])
    expect(columnMeaning('lists', 'lBASE', ['BASE'])).toEqual({ list: 'BASE', minimum: '0' })
    expect([columnMeaning('breaks', 'q10', ['BASE']), columnMeaning('breaks', 'unit', ['BASE'])]).toEqual([
      { list: 'BASE', minimum: '10' },
      null,
    ])
  })
})

describe('stock', () => {
  const moves = [
    { at: '2026-11-03T00:00:00Z', warehouse: 'SH', quantity: '-30.000000' },
    { at: '2026-11-02T00:00:00Z', warehouse: 'CD', quantity: '7' },
    { at: '2026-11-01T00:00:00Z', warehouse: 'SH', quantity: '100' },
  ]

  it('is counted back from what is there now', () => {
    expect(
      balances(
        moves.filter(move => move.warehouse === 'SH'),
        '90',
      ).map(point => Number(point.balance)),
    ).toEqual([20, 120, 90])
    expect(balances([], '5')).toEqual([])
    expect(linesOf(moves, new Map([['SH', '90']])).map(line => [line.warehouse, line.points.length])).toEqual([
      ['CD', 2],
      ['SH', 3],
    ])
  })

  it('takes faults to their cells', () => {
    const fault = (field: string) => ({ code: 'x', message: 'm', field }) as Fault
    expect(
      ['items[2].quantity', 'items[0].lines[3].sku', 'items[0].warehouse', 'x'].map(field => placeOf(fault(field))),
    ).toEqual([{ index: 2, key: 'quantity' }, { index: 3, key: 'sku' }, null, null])
    const told = marksOf([fault('items[1].unit'), fault('items[0].warehouse')], [{ id: 'a' }, { id: 'b' }])
    expect([[...told.marks.keys()], told.rest.length]).toEqual([['b:unit'], 1])
    expect(reasonOf(' 损坏 ', reason => ({ damaged: '损坏' })[reason] ?? reason)).toBe('damaged')
    expect(reasonOf('whatever', reason => reason)).toBeUndefined()
  })
})

describe('what changed', () => {
  const reader = {
    nameOf: (id: string) => (id.startsWith('0') ? '金牌' : undefined),
    wordOf: (field: string, value: string) => (field === 'state' && value === 'active' ? '正常' : undefined),
    yes: '是',
    no: '否',
  }

  it('is told in words', () => {
    expect(toldOf({ name: ['a', 'b'], line: 3 })).toEqual([{ field: 'name', from: 'a', to: 'b' }])
    expect(shown('active', 'state', reader)).toBe('正常')
    expect(shown('3.200000', 'price', reader)).toBe('3.2')
    expect(shown('01a207aa-d0a3-7139-96bd-653af60b5863', 'tier_id', reader)).toBe('金牌')
    expect(shown('f1a207aa-d0a3-7139-96bd-653af60b5863', 'owner_id', reader)).toBeNull()
    expect(shown([{ name: '方', mobile: null, is_main: true }], 'contacts', reader)).toBe('方')
    expect(shown([{ sha256: 'a'.repeat(64), sku: null }], 'media', reader)).toBe('1')
    expect(priceKey('CQ-AP-0450-15 case 10')).toEqual({ sku: 'CQ-AP-0450-15', unit: 'case', minimum: '10' })
    expect(priceKey('name')).toBeNull()
  })
})
