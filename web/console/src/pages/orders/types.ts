/** What the server tells of orders; replaced by the generated types where those have them. */

export interface Ref {
  id: string
  code: string
  name: string
}

export interface Amounts {
  net: string
  tax: string
  gross: string
}

export interface OrderRow {
  id: string
  number: string
  state: OrderState
  customer: Ref
  currency: string
  amounts: Amounts | null
  line_count: number
  channel: string
  customer_reference: string | null
  requested_date: string | null
  holds: string[]
  is_history: boolean
  placed_at: string
  revision: number
  placed_by?: string | null
  owner?: string | null
  problems?: string[]
}

export type OrderState = 'draft' | 'pending_approval' | 'confirmed' | 'closed' | 'rejected' | 'cancelled'

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

export interface OrderLine {
  line_no: number
  sku: string
  name: string
  unit: string
  quantity: string
  deal: {
    list_price: string | null
    deal_price: string
    tax_inclusive: boolean
    tax_rate: string | null
    amounts: Amounts
    reason: PriceReason | null
  } | null
  unit_cost: string | null
  margin: string | null
  requested_date: string | null
  note: string | null
  progress: { ordered: string; released: string; shipped: string; returned: string; cancelled: string }
  stock: { warehouse: string; held: string; backordered: string; consumed: string; released: string }[]
  available?: string | null
}

export interface Happening {
  at: string
  action: string
  by: string
  by_kind: string
  channel: string
  changes: Record<string, unknown> | null
}

export interface Action {
  name: string
  allowed: boolean
  reasons: { code: string; message: string }[]
}

export interface OrderDetail extends OrderRow {
  organisation: string
  ship_to: Record<string, string | null> | null
  note: string | null
  lines: OrderLine[]
  history: Happening[]
  credit?: { currency: string; credit_limit: string | null; exposure: string; room: string | null } | null
  comments?: number
  actions?: Action[]
}

export interface Comment {
  id: string
  author: { id: string; name: string; kind: string }
  text: string
  for_customer: boolean
  at: string
  edited_at: string | null
  deleted: boolean
  may_edit: boolean
  revision: number
}

export const STATE_TONES: Record<OrderState, 'good' | 'warn' | 'bad' | 'info' | 'calm' | 'accent'> = {
  draft: 'calm',
  pending_approval: 'warn',
  confirmed: 'accent',
  closed: 'good',
  rejected: 'bad',
  cancelled: 'calm',
}
