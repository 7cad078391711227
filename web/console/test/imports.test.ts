import type { KindView, Look } from '@dinghuo/api'
import { describe, expect, it } from 'vitest'
import { choicesOf, freeFields, kindsOf, mappingOf, missingGroups } from '@/pages/imports/mapping'
import { stepOf, timeLeft } from '@/pages/imports/report'
import { missingParts } from '@/pages/imports/upload'

const look = {
  worksheet: null,
  worksheets: [],
  header: ['Invoice', 'Code', ''],
  header_row: 1,
  rows: 3,
  encoding: 'utf-8',
  delimiter: ',',
  columns: [
    { place: 0, name: 'Invoice', ref: 'Invoice', letter: 'A', samples: [], field: 'order_number', confidence: 0.9 },
    { place: 1, name: 'Code', ref: 'Code', letter: 'B', samples: [], field: 'sku_code', confidence: 0.5 },
    { place: 2, name: '', ref: '#3', letter: 'C', samples: [], field: null, confidence: null },
  ],
  first_rows: [],
  missing: [],
  source: 'guessed',
  mapping: {
    title: 'Book',
    columns: { order_number: 'Invoice', sku_code: 'Code' },
    constants: { currency: 'GBP' },
    date_order: 'ymd',
    fill_down: ['order_number', 'placed_at'],
    not_goods: [{ reason: 'carriage', zh: '运费', en: 'Carriage', codes: ['POST', 'DOT*'] }],
    cancel_prefix: 'C',
  },
} as unknown as Look
const kind = { needs: [['order_number'], ['unit_price', 'amount']], fields: [], settings: [] } as unknown as KindView
const fresh = () => choicesOf({ mapping: null, options: { live_from: null, create_missing: true } }, look)

describe('columns', () => {
  it('tells the server what was guessed when nothing is changed', () => {
    expect(mappingOf(fresh(), look)).toEqual({
      title: 'Book',
      columns: { order_number: 'Invoice', sku_code: 'Code' },
      constants: { currency: 'GBP' },
      date_order: 'ymd',
      decimal: null,
      time_zone: null,
      fill_down: ['order_number'],
      cancel_prefix: 'C',
      not_goods: [{ reason: 'carriage', zh: '运费', en: 'Carriage', codes: ['POST', 'DOT*'] }],
    })
  })

  it('leaves out a column that means nothing, and empty values', () => {
    const choices = fresh()
    choices.fields.Code = ''
    choices.fields['#3'] = 'amount'
    choices.constants.currency = ' '
    const told = mappingOf(choices, look)
    expect(told.columns).toEqual({ order_number: 'Invoice', amount: '#3' })
    expect(told.constants).toEqual({})
  })

  it('says what is still missing', () => {
    const choices = fresh()
    expect(missingGroups(choices, kind)).toEqual([['unit_price', 'amount']])
    choices.constants.unit_price = '1'
    expect(missingGroups(choices, kind)).toEqual([])
  })

  it('offers a field once', () => {
    const isFree = freeFields(fresh(), '#3')
    expect([isFree('sku_code'), isFree('amount')]).toEqual([false, true])
    expect(freeFields(fresh(), 'Code')('sku_code')).toBe(true)
  })

  it('reads kinds that are no goods, keeping what known ones are called', () => {
    expect(kindsOf('carriage: POST，M*\n\nfee：BANK\nbroken', look.mapping.not_goods)).toEqual([
      { reason: 'carriage', zh: '运费', en: 'Carriage', codes: ['POST', 'M*'] },
      { reason: 'fee', zh: 'fee', en: 'fee', codes: ['BANK'] },
    ])
  })
})

describe('upload', () => {
  it('sends only the pieces that are not there', () => {
    expect(missingParts({ parts: 4, received: [1, 3] })).toEqual([2, 4])
    expect(missingParts({ parts: 1, received: [] })).toEqual([1])
  })
})

describe('progress', () => {
  it('knows the step and the time left in words', () => {
    expect(['looking', 'ready', 'checked', 'running', 'done', 'failed'].map(stepOf)).toEqual([1, 1, 2, 3, 4, 4])
    expect([timeLeft(0.2), timeLeft(89), timeLeft(150)]).toEqual([
      { key: 'seconds', n: 1 },
      { key: 'seconds', n: 89 },
      { key: 'minutes', n: 3 },
    ])
  })
})
