import { describe, expect, it } from 'vitest'
import { byAttention, mapLink } from '@/pages/road/attention'
import type { RoadCustomer } from '@/pages/road/types'

const zone = 'Asia/Shanghai'
const now = Date.parse('2026-11-23T04:00:00Z')
const customer = (code: string): RoadCustomer => ({
  id: code,
  code,
  name: code,
  name_en: null,
  tier: null,
  region: null,
  owner: null,
  state: 'active',
})
const at = (id: string, day: string) => ({ customer: { id }, at: `${day}T16:30:00Z` })

describe('whom to see first', () => {
  const found = byAttention([customer('A'), customer('B'), customer('C'), customer('D')], {
    visits: [at('A', '2026-11-22'), at('B', '2026-11-20'), at('A', '2026-10-01')],
    orders: [at('A', '2026-11-22'), at('C', '2026-11-01'), at('B', '2026-09-30')],
    zone,
    now,
  })
  it('puts the neglected first', () => {
    expect(found.map(each => each.customer.code)).toEqual(['D', 'B', 'C', 'A'])
  })
  it("counts days in the company's zone", () => {
    const a = found.at(-1)
    expect([a?.visited, a?.ordered, a?.needsVisit, a?.isSilent]).toEqual([0, 0, false, false])
  })
  it('says what is not known within the days looked at', () => {
    expect(found[0]).toMatchObject({ visited: null, ordered: null, needsVisit: true, isSilent: true })
  })
})

it('makes links to maps', () => {
  expect(mapLink('杭州市 1 号', 'zh')).toBe(
    'https://uri.amap.com/search?keyword=%E6%9D%AD%E5%B7%9E%E5%B8%82%201%20%E5%8F%B7',
  )
})
