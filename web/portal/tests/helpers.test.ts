import { ApiError } from '@dinghuo/api'
import { describe, expect, it } from 'vitest'
import type { Entry, SkuCard } from '@/api/types'
import { parseRows, wantedOf } from '@/entries'
import { down, priceAt, up } from '@/quantities'
import { submitting } from '@/submitting'
import { span } from '@/virtual'

describe('quantities go by what is allowed', () => {
  it.each([
    ['0', '5', '5', '5', '0'],
    ['5', '5', '5', '10', '0'],
    ['12', '5', '5', '17', '7'],
    ['1', '1', '1', '2', '0'],
    ['2.5', '0.5', '0.5', '3', '2'],
    ['x', '3', '1', '3', '0'],
    ['4', '1', '0', '5', '3'],
  ])('%s of at least %s by %s', (quantity, minimum, step, above, below) => {
    expect(up(quantity, minimum, step)).toBe(above)
    expect(down(quantity, minimum, step)).toBe(below)
  })

  it('shows the price of the break that is reached', () => {
    const breaks = [
      { from: '1', price: '84.00' },
      { from: '10', price: '81.60' },
      { from: '50', price: '80.00' },
    ]
    expect(['0', '9.99', '10', '500'].map(quantity => priceAt(breaks, quantity)?.price)).toEqual([
      '84.00',
      '84.00',
      '81.60',
      '80.00',
    ])
    expect(priceAt([], '1')).toBeNull()
  })
})

describe('a pasted block', () => {
  it('may come from Excel, from a chat or from a note', () => {
    const text = '货号\t数量\t单位\nTEA-500\t5\t箱\n\n6901234567892 24瓶\nMILK-1，１２\nOIL-5 × 3 桶\r\nSOAP'
    expect(parseRows(text)).toEqual([
      { code: 'TEA-500', quantity: '5', unit: '箱' },
      { code: '6901234567892', quantity: '24', unit: '瓶' },
      { code: 'MILK-1', quantity: '12', unit: '' },
      { code: 'OIL-5', quantity: '3', unit: '桶' },
      { code: 'SOAP', quantity: '', unit: '' },
    ])
  })

  it('keeps a first line that is no heading', () => {
    expect(parseRows('CODE-1 5')).toEqual([{ code: 'CODE-1', quantity: '5', unit: '' }])
  })

  it('puts only what is sound into the cart', () => {
    const sku = { code: 'A', default_unit: 'case' } as SkuCard
    const entry = (more: Partial<Entry>): Entry => ({
      line: 1,
      code: 'a',
      quantity: '2',
      unit: null,
      sku,
      problem: null,
      suggestions: [],
      ...more,
    })
    expect(
      wantedOf([
        entry({}),
        entry({ unit: 'bottle', quantity: '7' }),
        entry({ problem: { code: 'bad-quantity', field: 'quantity', message: '' } }),
        entry({ sku: null }),
      ]),
    ).toEqual([
      { sku: 'A', unit: 'case', quantity: '2' },
      { sku: 'A', unit: 'bottle', quantity: '7' },
    ])
  })
})

describe('placing an order', () => {
  const problem = (status: number) => new ApiError({ type: '/problems/x', title: '', status, detail: '' })

  it('is asked again until it is answered', async () => {
    const waits: number[] = []
    let asked = 0
    const answer = await submitting(
      () => {
        asked += 1
        return asked < 4 ? Promise.reject(problem(asked === 2 ? 503 : 0)) : Promise.resolve('placed')
      },
      milliseconds => {
        waits.push(milliseconds)
        return Promise.resolve()
      },
    )
    expect([answer, asked, waits]).toEqual(['placed', 4, [600, 1200, 2500]])
  })

  it('takes a no for a no', async () => {
    let asked = 0
    const refused = submitting(
      () => {
        asked += 1
        return Promise.reject(problem(409))
      },
      () => Promise.resolve(),
    )
    await expect(refused).rejects.toMatchObject({ status: 409 })
    expect(asked).toBe(1)
  })
})

describe('a long list', () => {
  it('draws the rows in sight and a few beyond', () => {
    expect(span(0, 800, 200, 10_000)).toEqual({ first: 0, count: 12 })
    expect(span(200 * 5000, 800, 200, 10_000)).toEqual({ first: 4996, count: 12 })
    expect(span(10 ** 9, 800, 200, 30)).toEqual({ first: 29, count: 12 })
    expect(span(-500, 800, 200, 0)).toEqual({ first: 0, count: 12 })
  })
})
