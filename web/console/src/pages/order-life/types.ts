/** What becomes of an order after it was placed, as the server tells it. */

import type { Fault, ShipTo } from '@dinghuo/api'

export interface Amounts {
  net: string
  tax: string
  gross: string
}
export interface LineSide {
  unit: string
  quantity: string
  base_quantity: string
  price: string | null
  amounts: Amounts | null
  requested_date: string | null
  note: string | null
  ship_to: ShipTo | null
}
/** A charge that changes, with tax; null where there was none, or is to be none. */
export interface ChargeChange {
  kind: string
  rule: string
  name: string
  name_en: string | null
  old: string | null
  new: string | null
}
export interface AmendedLine {
  change: 'changed' | 'added' | 'removed' | 'kept'
  line_no: number | null
  sku: string
  name: string
  name_en: string | null
  old: LineSide | null
  new: LineSide | null
  least: string | null
}
export interface HeadChange {
  field: string
  old: unknown
  new: unknown
}
export interface AmendmentPreview {
  revision: number
  currency: string
  before: Amounts | null
  after: Amounts | null
  difference: string | null
  head: HeadChange[]
  lines: AmendedLine[]
  then: 'applied' | 'asked'
  /** Absent for who sees no prices. */
  charges?: ChargeChange[]
  faults: Fault[]
  credit_left: string | null
}
export interface AmendmentSummary {
  id: string
  order_id: string
  number: string
  state: 'pending' | 'applied' | 'rejected' | 'withdrawn'
  waits_for: 'colleague' | 'seller' | 'approval' | null
  /** What the reader may do with it now. */
  actions: ('accept' | 'reject' | 'withdraw')[]
  reason: string | null
  requested_at: string
  requested_by: string
  side: 'dealer' | 'staff'
  decided_at: string | null
  decided_by: string | null
  decision_reason: string | null
  before: Amounts | null
  after: Amounts | null
}
export interface Amendment extends AmendmentSummary {
  head: HeadChange[]
  lines: AmendedLine[]
  charges?: ChargeChange[]
}

export interface Slip {
  id: string
  order_id: string
  order_number: string
  customer: { code: string; name: string }
  currency: string
  amount: string
  paid_on: string
  payer: string | null
  bank_reference: string | null
  note: string | null
  file: { sha256: string; name: string; content_type: string; size: number } | null
  state: 'submitted' | 'confirmed' | 'refused' | 'withdrawn'
  submitted_at: string
  submitted_by: string
  side: string
  decided_at: string | null
  decided_by: string | null
  reason: string | null
}
export interface Payment {
  order_id: string
  currency: string
  policy: 'before_delivery' | 'deposit' | 'none'
  percent: string | null
  due: string
  paid: string
  left: string
  expires_at: string | null
  settled_at: string | null
  waived: boolean
  advance: string | null
  slips: Slip[]
  actions: { name: string; allowed: boolean; reasons: { message: string }[] }[]
}

export const AMENDMENT_TONES = { pending: 'info', applied: 'good', rejected: 'bad', withdrawn: 'calm' } as const
export const SLIP_TONES = { submitted: 'info', confirmed: 'good', refused: 'bad', withdrawn: 'calm' } as const
