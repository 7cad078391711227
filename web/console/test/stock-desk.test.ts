import type { CountLineView, StockByDay, StockDay } from '@dinghuo/api'
import { describe, expect, it } from 'vitest'
import { differenceOf, fieldsOf, totalOf, typedOf } from '@/pages/counts/sheet'
import { arrivals, changes, chartOf, partsOf } from '@/pages/stock/outlook'

const day = (date: string, incoming: string, there: string, available: string): StockDay => ({
  date,
  incoming,
  there,
  committed: '60',
  kept_back: '10',
  barred: '0',
  available,
})

describe('the days to come', () => {
  it('stacks what is committed, kept back and free to what is there', () => {
    expect(partsOf(day('2026-11-23', '0', '100', '30'))).toEqual({ committed: '60', keptBack: '10', available: '30' })
  })

  it('draws nothing below zero where more is committed than is there', () => {
    expect(partsOf(day('2026-11-23', '0', '40', '0'))).toEqual({ committed: '40', keptBack: '0', available: '0' })
    expect(partsOf(day('2026-11-23', '0', '-5', '0'))).toEqual({ committed: '0', keptBack: '0', available: '0' })
  })

  it('tells the days on which something changes', () => {
    const days = [
      day('2026-11-23', '0', '100', '30'),
      day('2026-11-24', '0', '100', '30'),
      day('2026-11-25', '20', '120', '50'),
      day('2026-11-26', '0', '120', '50'),
    ]
    expect(changes(days).map(each => each.date)).toEqual(['2026-11-23', '2026-11-25'])
  })

  it('marks the days on which something comes; what is late is on none', () => {
    const supply = { quantity: '20', warehouse: 'SH', transfer_id: null }
    const outlook = {
      days: [day('2026-11-23', '0', '100', '30'), day('2026-11-24', '20', '120', '50')],
      supplies: [
        { ...supply, code: 'PO/1', date: '2026-11-20', late: true },
        { ...supply, code: 'PO/2', date: '2026-11-24', late: false },
      ],
    } as unknown as StockByDay
    expect([...arrivals(outlook).keys()]).toEqual(['2026-11-24'])
    const words = { committed: 'c', keptBack: 'k', available: 'a', there: 't', incoming: 'i' }
    const option = chartOf(outlook, words, 'can', name => name)
    const line = option.series.at(-1) as { data: { symbol: string }[] }
    expect(line.data.map(each => each.symbol)).toEqual(['none', 'circle'])
    expect(option.tooltip.formatter([{ dataIndex: 1 }])).toContain('PO/2')
  })
})

describe('what is typed on a count sheet', () => {
  const line = {
    sku: 'A',
    base_unit: 'can',
    expected: '100',
    packs: [{ unit: 'case', quantity: '24' }],
  } as unknown as CountLineView

  it('is cases and loose ones', () => {
    expect(fieldsOf(line)).toEqual(['case', 'can'])
    expect(totalOf(line, { case: '3', can: '20' })).toBe('92')
    expect(totalOf(line, { case: '', can: '5' })).toBe('5')
    expect(totalOf(line, {})).toBeNull()
    expect(totalOf(line, { can: '0' })).toBe('0')
    expect(totalOf(line, { can: 'x' })).toBeUndefined()
    expect(totalOf(line, { can: '-1' })).toBeUndefined()
  })

  it('is shown as it would be typed', () => {
    expect(typedOf(line, '92')).toEqual({ case: '3', can: '20' })
    expect(typedOf(line, '72')).toEqual({ case: '3' })
    expect(typedOf(line, '7.5')).toEqual({ can: '7.5' })
    expect(typedOf(line, null)).toEqual({})
    for (const counted of ['0', '23', '24', '25', '1000.25']) {
      expect(totalOf(line, typedOf(line, counted))).toBe(counted)
    }
  })

  it('differs from the books by so much', () => {
    expect(differenceOf(line, '92')).toBe('-8')
    expect(differenceOf(line, null)).toBeNull()
  })
})
