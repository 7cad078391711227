import type { Lowest } from '../trial/types'

export type Kind = 'percent' | 'amount_off' | 'fixed_price' | 'bundle' | 'spend_save' | 'buy_get'
export const KINDS: readonly Kind[] = ['spend_save', 'buy_get', 'percent', 'amount_off', 'fixed_price', 'bundle']
export type MemberKind = 'customer' | 'tier' | 'region' | 'channel'
export type ItemKind = 'sku' | 'product' | 'category' | 'brand'
export type Phase = 'draft' | 'scheduled' | 'running' | 'ended' | 'withdrawn'

export interface Member {
  kind: MemberKind
  code: string
  name: string
  name_en?: string | null
}

export interface Item {
  kind: ItemKind
  code: string
  name: string
  name_en?: string | null
  unit: string | null
  quantity: string | null
  price: string | null
}

export interface Step {
  from: string
  value: string
}

export interface GiftOf {
  sku: string
  name: string
  name_en?: string | null
  unit: string | null
}

/** What a promotion says of itself. */
export interface Terms {
  kind: Kind
  currency: string
  audience: Member[]
  items: Item[]
  measure: 'amount' | 'quantity' | null
  steps: Step[]
  repeats: boolean
  bundle_price: string | null
  gift: GiftOf | null
  exclusion_group: string | null
  stackable: boolean
  first_order_only: boolean
  coupon_required: boolean
  budget: string | null
  customer_budget: string | null
  uses: number | null
  customer_uses: number | null
}

export interface Promotion extends Terms {
  id: string
  code: string
  name: string
  name_en: string | null
  state: 'draft' | 'published' | 'withdrawn'
  phase: Phase
  valid_from: string
  valid_until: string | null
  priority: number
  taken: string
  taken_uses: number
  revision: number
  updated_at: string
}

export interface Coupon {
  code: string
  customer: { code: string; name: string } | null
  uses: number | null
  taken: number
  active: boolean
}

/** A published promotion for some of the same customers and goods at the same time. */
export interface Rival {
  code: string
  name: string
  name_en: string | null
  kind: Kind
  meeting: 'group' | 'alone' | 'adds_up'
  first: 'this' | 'other' | 'by_saving'
  exclusion_group: string | null
  valid_from: string
  valid_until: string | null
}

export interface Check extends Lowest {
  tried_on: string
  rival_count: number
  rivals: Rival[]
  goods: number | null
  customers: number
  open_carts: number
}
