/** What the portal's routes tell, as the client reads it. A field with a price is absent for who sees no prices. */

import type { Decimal } from '@dinghuo/api'

export interface Page<T> {
  items: T[]
  cursor: string | null
}

export interface Ref {
  id: string
  code: string
  name: string
}

export interface Named extends Ref {
  name_en?: string | null
}

export interface Fix {
  label: string
  quantity: Decimal
  unit: string
}

/** Something wrong with a line or a whole cart, in the caller's language, with the one tap that mends it. */
export interface Trouble {
  code: string
  message: string
  field?: string | null
  fix?: Fix | null
}

export interface Break {
  from: Decimal
  price: Decimal
}

export interface UnitName {
  unit: string
  name: string
  name_en: string | null
}

export interface UnitPrice {
  price: Decimal
  currency: string
  tax_inclusive: boolean
  base_price: Decimal
  kind: string
  breaks: Break[]
}

export interface UnitChoice {
  unit: string
  name: string
  name_en: string | null
  ratio: Decimal
  is_base: boolean
  barcode?: string | null
  minimum: Decimal
  step: Decimal
  price?: UnitPrice | null
}

export interface Availability {
  state: 'in_stock' | 'low' | 'none' | 'to_order' | 'always'
  quantity?: Decimal | null
  unit?: string
}

export interface LastBought {
  at: string
  quantity: Decimal
  unit: string
  order_id: string
}

export interface SkuCard {
  id: string
  code: string
  name: string
  name_en: string | null
  specification: string | null
  image: string | null
  base_unit: string
  default_unit: string
  units: UnitChoice[]
  availability: Availability
  last_bought: LastBought | null
}

export interface Card {
  id: string
  code: string
  name: string
  name_en: string | null
  image: string | null
  is_new: boolean
  category: Named | null
  brand: Named | null
  skus: SkuCard[]
}

export interface Attachment {
  sha256: string
  name: string
  content_type: string
  size: number
}

export interface Purchase {
  order_id: string
  number: string
  at: string
  sku: string
  sku_name: string
  quantity: Decimal
  unit: string
  price?: Decimal
}

export interface ProductPage extends Card {
  description: string | null
  images: { sha256: string; sku: string | null }[]
  attributes: Record<string, unknown>
  attachments: Attachment[]
  purchases: Purchase[]
}

export interface Category extends Named {
  products: number
  children: Category[]
}

export interface Brand extends Named {
  products: number
}

export interface Credit {
  limit: Decimal | null
  used: Decimal
  left: Decimal | null
  currency: string
  oldest_due?: string | null
  after?: Decimal | null
}

export interface UsualLine {
  product_id: string
  sku: SkuCard
  unit: string
  quantity: Decimal
  times: number
  last_at: string
}

export interface Home {
  customer: Ref
  currency: string
  new_products: Card[]
  usual: UsualLine[]
  credit?: Credit
  orders: OrderSummary[]
  counts: { orders_open: number; proposals: number; drafts: number; cart_lines: number }
}

export interface ShipTo {
  recipient: string
  street: string
  mobile?: string | null
  province?: string | null
  city?: string | null
  district?: string | null
  postcode?: string | null
  country?: string
}

export interface Amounts {
  net: Decimal
  tax: Decimal
  gross: Decimal
}

export interface NextBreak {
  from: Decimal
  price: Decimal
  missing: Decimal
  saves: Decimal
}

export interface CartLine {
  line_no: number
  sku: string
  unit: string
  quantity: Decimal
  note: string | null
  requested_date: string | null
  sku_id: string | null
  product_id: string | null
  name: string | null
  name_en: string | null
  specification: string | null
  image: string | null
  base_unit: string
  base_quantity: Decimal | null
  units: UnitChoice[]
  availability: Availability | null
  price?: Decimal | null
  list_price?: Decimal | null
  price_kind?: string | null
  tax_inclusive?: boolean | null
  amounts?: Amounts | null
  next_break?: NextBreak | null
  problems: Trouble[]
}

export interface Ignored {
  sku: string
  unit: string
  seq: number
}

export interface Cart {
  id: string | null
  name: string | null
  revision: number
  updated_at: string | null
  customer_reference: string | null
  requested_date: string | null
  ship_to: ShipTo | null
  note: string | null
  lines: CartLine[]
  problems: Trouble[]
  totals: { lines: number; currency: string; net?: Decimal; tax?: Decimal; gross?: Decimal }
  credit?: Credit | null
  actions: string[]
  ignored?: Ignored[]
  proposal?: Proposal
}

export interface Change {
  sku: string
  unit: string
  quantity: Decimal
  new_unit?: string | null
  note?: string | null
  requested_date?: string | null
  seq: number
  age_ms: number
}

export interface CartDetails {
  customer_reference?: string | null
  requested_date?: string | null
  note?: string | null
  ship_to?: ShipTo | null
  address_id?: string
}

export interface Wanted {
  sku: string
  unit: string
  quantity: Decimal
}

export interface Entry {
  line: number
  code: string
  quantity: Decimal | null
  unit: string | null
  sku: SkuCard | null
  problem: Trouble | null
  suggestions: { sku: string; name: string; specification: string | null; unit: string }[]
}

export interface Added {
  added: number
  cart_id: string | null
  revision: number
  columns: { code: string | null; quantity: string | null; unit: string | null } | null
  entries: Entry[]
}

export interface Placed {
  id: string
  number: string
  state: string
  currency: string
  net?: Decimal
  tax?: Decimal
  gross?: Decimal
  lines: number
  placed_at: string
}

export interface DraftSummary {
  id: string
  name: string | null
  lines: number
  updated_at: string
  revision: number
}

export interface Proposal {
  id: string
  name: string | null
  lines: number
  message: string | null
  proposed_at: string
  proposed_by: string | null
  state: 'proposed' | 'confirmed' | 'declined' | 'withdrawn'
  reason: string | null
  order_id: string | null
  revision: number
}

export interface OrderSummary {
  id: string
  number: string
  state: string
  stage: string
  placed_at: string
  placed_by: string | null
  customer_reference: string | null
  requested_date: string | null
  line_count: number
  currency: string
  amounts?: Amounts
  pictures: string[]
  on_hold: boolean
  actions: string[]
}

export interface Progress {
  ordered: Decimal
  released: Decimal
  shipped: Decimal
  returned: Decimal
  cancelled: Decimal
  waiting: Decimal
}

export interface OrderLine {
  line_no: number
  sku: string
  sku_id: string | null
  product_id: string | null
  name: string
  image: string | null
  unit: string
  quantity: Decimal
  base_unit: string
  note: string | null
  requested_date: string | null
  progress: Progress
  price?: Decimal
  list_price?: Decimal | null
  tax_inclusive?: boolean
  price_kind?: string | null
  amounts?: Amounts
}

export interface Step {
  at: string
  action: string
  side: 'own' | 'seller'
  by: string | null
  channel: string
  reason: string | null
}

export interface OrderDetail extends OrderSummary {
  ship_to: ShipTo | null
  note: string | null
  revision: number
  refused_actions: Record<string, string>
  lines: OrderLine[]
  timeline: Step[]
}

export interface ListSummary {
  id: string
  name: string
  lines: number
  updated_at: string
  updated_by: string | null
  revision: number
}

export interface ShoppingList extends ListSummary {
  items: { sku: string; unit: string; quantity: Decimal; card: SkuCard | null }[]
}

export interface Address extends ShipTo {
  id: string
  label: string | null
  is_default: boolean
}
