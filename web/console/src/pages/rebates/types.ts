/** What the server tells of rebates. */

import type { Member } from '../promotions/types'

export interface Tier {
  from: string
  value: string
}
export interface NextTier extends Tier {
  missing: string
  earns: string
}
export type Measure = 'net' | 'gross' | 'quantity'
export type Method = 'whole' | 'slice'
export type Period = 'month' | 'quarter' | 'year' | 'term'
export type GoodsKind = 'category' | 'brand' | 'product' | 'sku'

export interface Goods {
  kind: GoodsKind
  code: string
  name: string
  excluded: boolean
}
export interface Agreement {
  id: string
  code: string
  name: string
  name_en: string | null
  organisation: string
  currency: string
  measure: Measure
  method: Method
  period: Period
  steps: Tier[]
  settle_as: 'credit' | 'goods'
  with_branches: boolean
  over_last_year: boolean
  valid_from: string
  valid_until: string | null
  active: boolean
  audience: Member[]
  items: Goods[]
  overlaps: string[]
  counted_at: string | null
  updated_at: string
  revision: number
}
export interface Named {
  id: string
  code: string
  name: string
  name_en?: string | null
}
export interface Accrual {
  id: string
  agreement: Named
  customer: Named
  period_from: string
  period_until: string
  is_over: boolean
  currency: string
  measure: Measure
  method: Method
  settle_as: 'credit' | 'goods'
  steps: Tier[]
  measured: string
  earned: string
  settled: string
  due: string
  reached: Tier | null
  next: NextTier | null
  updated_at: string
}
export interface Sale {
  id: string
  at: string
  document_kind: 'order' | 'historical_return'
  document_id: string
  number: string | null
  amount: string
  quantity: string
}
export interface Balance {
  id: string
  customer: Named
  organisation: string
  kind: 'credit' | 'goods'
  currency: string
  credited: string
  reserved: string
  used: string
  free: string
  updated_at: string
}
export interface Movement {
  id: string
  at: string
  bucket: string
  verb: 'settle' | 'reserve' | 'consume' | 'release' | 'adjust'
  amount: string
  free: string
  document_kind: string
  document_id: string
  number: string | null
}
export interface DueLine {
  accrual_id: string
  agreement: Named
  customer: Named
  currency: string
  settle_as: 'credit' | 'goods'
  period_from: string
  period_until: string
  measured: string
  measure: Measure
  earned: string
  settled: string
  amount: string
  left: string
}
/** An agreement with periods that are over and not settled. */
export interface Proposed {
  agreement: Named
  settle_as: 'credit' | 'goods'
  currency: string
  periods: number
  period_from: string
  period_until: string
  customers: number
  amount: string
}
export interface Proposal {
  until: string
  items: Proposed[]
  more: boolean
}
export interface Preview {
  until: string
  lines: DueLine[]
  total: string
  customers: number
  more: boolean
}
export interface Settlement {
  id: string
  until: string
  total: string
  lines: number
  note: string | null
  settled_at: string
  settled_by: string
}
export interface SettledLine {
  accrual_id: string
  agreement: Named
  customer: Named
  currency: string
  settle_as: 'credit' | 'goods'
  period_from: string
  period_until: string
  before: string
  earned: string
  amount: string
}
