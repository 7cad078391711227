import type { OrderPage, OrderSummary } from '@dinghuo/api'

/** An order in a list. */
export type OrderRow = OrderSummary

/** The states of an order, in the order of its life. */
export const STATES = ['pending_approval', 'confirmed', 'closed', 'rejected', 'cancelled'] as const
export type OrderState = (typeof STATES)[number]

const TONES: Record<string, 'good' | 'warn' | 'bad' | 'info' | 'calm' | 'accent'> = {
  pending_approval: 'warn',
  confirmed: 'accent',
  closed: 'good',
  rejected: 'bad',
}
export const toneOf = (state: string) => TONES[state] ?? 'calm'

/** Why a price is what it is, as the line keeps it (docs/pricing.md). */
export interface PriceReason {
  source: 'price_list' | 'manual' | 'history'
  list?: string
  kind?: string
  version?: number
  unit?: string
  from_quantity?: string
  price?: string
  passed?: { list: string; kind: string; why: string }[]
}

/** Where the goods go, as it was when the order was placed. */
export type ShipTo = Partial<
  Record<'recipient' | 'mobile' | 'province' | 'city' | 'district' | 'street' | 'postcode', string | null>
>
export const shipToOf = (order: OrderPage): ShipTo | null => order.ship_to as ShipTo | null
