/** `GET /today`; money is null for those who see no prices. */

export interface Figure {
  from: string
  until: string
  orders: number
  gross: string | null
  customers: number
}

export interface Named {
  id: string
  code: string
  name: string
  name_en: string | null
}

export interface Today {
  as_of: string
  zone: string
  currency: string
  other_currencies: string[]
  catching_up: boolean
  spans: Record<'today' | 'week' | 'month', Figure & { before: Figure }>
  by_day: { day: string; orders: number; gross: string | null }[]
  by_hour: { hour: number; orders: number; gross: string | null }[]
  top_skus: {
    sku: string
    name: string
    name_en: string | null
    quantity: string
    base_unit: string
    gross: string | null
  }[]
  top_customers: (Named & { orders: number; gross: string | null })[]
  new_customers: { count: number; items: (Named & { first_order_on: string })[] }
  silent_customers: { count: number; items: (Named & { last_order_on: string; gross_before: string | null })[] }
  stock_short: {
    count: number
    items: {
      sku: string
      name: string
      name_en: string | null
      warehouse: string
      available: string
      waiting: string
    }[]
  } | null
  by_state: { state: string; orders: number }[]
  by_channel: { channel: string; orders: number; gross: string | null }[]
}

export type Measure = 'gross' | 'orders'
export type SpanName = 'today' | 'week' | 'month'
