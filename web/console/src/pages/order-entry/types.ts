import type { Unit } from '@dinghuo/api'
import type { GridRow } from '@/components/grid/types'

/** One line as it is being written; empty text is what was not given. */
export interface Line extends GridRow {
  id: string
  /** The code, or what was typed or pasted and is not yet known. */
  sku: string
  quantity: string
  /** A unit's code; empty is the one it is usually sold by. */
  unit: string
  /** Set by hand; empty is what the price lists say. */
  price: string
  note: string
  requested: string
  /** The number of a blanket order that it calls off; empty for none. */
  blanket: string
  /** `yes` when goods rebate pays it; empty otherwise. */
  byGoods: string
  /** Where it goes when that is not where the order does, as JSON; empty otherwise. */
  shipTo: string
}

export interface ShipTo {
  recipient: string
  street: string
  mobile: string | null
  province: string | null
  city: string | null
  district: string | null
  postcode: string | null
  country: string
}

export interface Address extends ShipTo {
  id: string
  label: string | null
  is_default: boolean
}

export interface CustomerChoice {
  id: string
  code: string
  name: string
  name_en?: string | null
  currency?: string
  state?: string
  tier?: { code: string; name: string } | null
  owner?: { code: string; name: string } | null
  addresses?: Address[]
  contacts?: { name: string; mobile: string | null; is_main: boolean }[]
}

/** Everything a person has put into the order so far. */
export interface Entry {
  customer: { id: string; code: string; name: string } | null
  lines: Line[]
  reference: string
  requested: string
  note: string
  shipTo: ShipTo | null
}

export interface LineRequest {
  sku: string
  quantity: string
  unit?: string | null
  price?: string | null
  note?: string | null
  requested_date?: string | null
  blanket?: string | null
  rebate_goods?: boolean
  ship_to?: ShipTo | null
}

export interface Proposal {
  state: 'proposed' | 'withdrawn' | 'declined' | 'confirmed'
  message: string | null
  proposed_at: string
  proposed_by: string
  decided_at: string | null
  decided_by: string | null
  reason: string | null
}

export interface DraftView {
  id: string
  customer: string
  customer_name: string
  customer_name_en: string | null
  name: string | null
  customer_reference: string | null
  requested_date: string | null
  ship_to: ShipTo | null
  note: string | null
  lines: LineRequest[]
  order_id: string | null
  updated_at: string
  revision: number
  proposal: Proposal | null
}

export interface Amounts {
  net: string
  tax: string
  gross: string
}

export interface PriceReason {
  source: string
  list?: string
  kind?: string
  version?: number
  unit?: string
  from_quantity?: string
  price?: string
  passed?: { list: string; kind: string; why: string }[]
}

export interface PreviewLine {
  line_no: number
  sku: string
  name: string
  unit: string
  quantity: string
  base_quantity: string
  base_unit: string
  list_price: string | null
  deal_price: string | null
  tax_inclusive: boolean
  amounts: Amounts | null
  reason: PriceReason | null
  available: string | null
  supply_policy: string
}

/** What there is of the customer's rebates, and what the order may use or uses of them. */
export interface RebateOffer {
  free: string
  most: string
  percent: string
  owed: string
  owed_at_most_use: string
  goods_free: string
  goods_used: string
}

export interface Preview {
  customer: string
  currency: string
  amounts: Amounts | null
  lines: PreviewLine[]
  faults: import('@dinghuo/api').Fault[]
  credit_left: string | null
  rebate: RebateOffer | null
}

export interface SkuInfo {
  id: string
  code: string
  name: string
  name_en: string | null
  specification: string | null
  base_unit: string
  sales_unit: string
  minimum_quantity: string | null
  multiple: string | null
  state: string
  units?: (Unit & { barcode: string | null })[]
}

export interface Usual {
  sku: string
  name: string
  name_en: string | null
  unit: string
  times: number
  last_quantity: string
  usual_quantity: string
  last_price: string | null
  last_at: string
  last_order: { id: string; number: string }
  active: boolean
}

export interface Placed {
  id: string
  number: string
  state: string
  customer: string
  currency: string
  net: string | null
  tax: string | null
  gross: string | null
  lines: number
  placed_at: string
}
