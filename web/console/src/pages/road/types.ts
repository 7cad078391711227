import type { Address, Usual } from '../order-entry/types'
import type { OrderRow } from '../orders/types'

export interface Named {
  id: string
  code: string
  name: string
}

export interface RoadCustomer extends Named {
  name_en: string | null
  tier: Named | null
  region: Named | null
  owner: Named | null
  state: string
  contacts?: { id: string; name: string; mobile: string | null; title: string | null; is_main: boolean }[]
  addresses?: Address[]
}

export interface Visit {
  id: string
  at: string
  customer: Named
  by: { id: string; name: string }
  note: string | null
  latitude: string | null
  longitude: string | null
  accuracy_m: number | null
  photos: string[]
}

export interface OwnFigures {
  month: string
  currency: string
  orders: number
  gross: string | null
  customers: number
  customers_ordering: number
  visits: number
  customers_visited: number
  by_day: { day: string; orders: number; gross: string | null; visits: number }[]
}

export interface CustomerPage {
  customer: RoadCustomer
  orders: {
    open: number
    this_month: { orders: number; gross: string | null }
    last_12_months: { orders: number; gross: string | null }
    last_at: string | null
    latest: OrderRow[]
  } | null
  accounts:
    | {
        id: string
        currency: string
        credit_limit: string | null
        exposure: string
        room: string | null
        oldest_due: string | null
      }[]
    | null
  visits: Visit[] | null
  actions: { name: string; allowed: boolean; reasons: { code: string; message: string }[] }[]
}

export type { Usual }
