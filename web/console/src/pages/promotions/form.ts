/** The form of a promotion, and what of it is sent. Pure. */

import { trim } from '@dinghuo/api'
import { momentOf, wallOf } from '../notices/schedule'
import type { GiftOf, Item, Kind, Member, Promotion, Step, Terms } from './types'

export interface PromotionForm {
  code: string
  name: string
  name_en: string
  kind: Kind
  currency: string
  /** On the clocks of the company: `2026-11-23T08:30`. */
  valid_from: string
  valid_until: string
  audience: Member[]
  items: Item[]
  measure: 'amount' | 'quantity' | null
  steps: Step[]
  repeats: boolean
  bundle_price: string
  gift: GiftOf | null
  priority: number
  exclusion_group: string
  stackable: boolean
  first_order_only: boolean
  coupon_required: boolean
  budget: string
  customer_budget: string
  uses: string
  customer_uses: string
}

export const hasSteps = (kind: Kind) => kind !== 'fixed_price' && kind !== 'bundle'
export const mayRepeat = (kind: Kind) => kind === 'spend_save' || kind === 'buy_get'

/** How a kind begins: what else would be refused is not there. */
export function startOf(
  kind: Kind,
): Pick<PromotionForm, 'kind' | 'measure' | 'steps' | 'repeats' | 'bundle_price' | 'gift'> {
  const first: Record<Kind, Step[]> = {
    percent: [{ from: '0', value: '10' }],
    amount_off: [{ from: '0', value: '1' }],
    spend_save: [{ from: '1000', value: '100' }],
    buy_get: [{ from: '10', value: '1' }],
    fixed_price: [],
    bundle: [],
  }
  const measure = kind === 'buy_get' ? 'quantity' : hasSteps(kind) ? 'amount' : null
  return { kind, measure, steps: first[kind], repeats: false, bundle_price: '', gift: null }
}

/** What else was named of goods that the kind has no use for is let go. */
export function itemsFor(kind: Kind, items: readonly Item[]): Item[] {
  const named = hasSteps(kind) ? items : items.filter(item => item.kind === 'sku')
  return named.map(item => ({
    ...item,
    price: kind === 'fixed_price' ? item.price : null,
    quantity: kind === 'bundle' ? (item.quantity ?? '1') : null,
  }))
}

export function blank(currency: string, today: string): PromotionForm {
  return {
    code: '',
    name: '',
    name_en: '',
    currency,
    valid_from: `${today}T00:00`,
    valid_until: '',
    audience: [],
    items: [],
    ...startOf('spend_save'),
    priority: 0,
    exclusion_group: '',
    stackable: false,
    first_order_only: false,
    coupon_required: false,
    budget: '',
    customer_budget: '',
    uses: '',
    customer_uses: '',
  }
}

/** Without the places that nothing stands in. */
const plain = (value: string | null) => (value === null ? null : trim(value))
const count = (value: number | null) => (value === null ? '' : String(value))

export function formOf(promotion: Promotion, zone: string): PromotionForm {
  return {
    code: promotion.code,
    name: promotion.name,
    name_en: promotion.name_en ?? '',
    kind: promotion.kind,
    currency: promotion.currency,
    valid_from: wallOf(promotion.valid_from, zone).slice(0, 16),
    valid_until: wallOf(promotion.valid_until, zone).slice(0, 16),
    audience: promotion.audience,
    items: promotion.items.map(item => ({ ...item, quantity: plain(item.quantity), price: plain(item.price) })),
    measure: promotion.measure,
    steps: promotion.steps,
    repeats: promotion.repeats,
    bundle_price: promotion.bundle_price ?? '',
    gift: promotion.gift,
    priority: promotion.priority,
    exclusion_group: promotion.exclusion_group ?? '',
    stackable: promotion.stackable,
    first_order_only: promotion.first_order_only,
    coupon_required: promotion.coupon_required,
    budget: promotion.budget ?? '',
    customer_budget: promotion.customer_budget ?? '',
    uses: count(promotion.uses),
    customer_uses: count(promotion.customer_uses),
  }
}

const orNone = (value: string) => value.trim() || null
const number = (value: string) => (value.trim() ? Number(value) : null)
/** What is typed as a decimal; an empty one is sent as it is not: left out of a step it would be a fault of form. */
const decimal = (value: string) => value.trim() || '0'

const SENT: { [Field in keyof PromotionForm]?: (form: PromotionForm, zone: string) => unknown } = {
  name: form => form.name.trim(),
  name_en: form => orNone(form.name_en),
  valid_from: (form, zone) => momentOf(form.valid_from, zone),
  valid_until: (form, zone) => (form.valid_until ? momentOf(form.valid_until, zone) : null),
  audience: form => form.audience.map(({ kind, code }) => ({ kind, code })),
  items: form => form.items.map(item => sentItem(item, form.kind)),
  steps: form => form.steps.map(step => ({ from: decimal(step.from), value: decimal(step.value) })),
  bundle_price: form => orNone(form.bundle_price),
  gift: form => form.gift && { sku: form.gift.sku, unit: form.gift.unit },
  exclusion_group: form => orNone(form.exclusion_group),
  budget: form => orNone(form.budget),
  customer_budget: form => orNone(form.customer_budget),
  uses: form => number(form.uses),
  customer_uses: form => number(form.customer_uses),
}

function sentItem({ kind, code, unit, quantity, price }: Item, of: Kind): Record<string, unknown> {
  if (of === 'fixed_price') return { kind, code, unit, price: orNone(price ?? '') }
  if (of === 'bundle') return { kind, code, unit, quantity: orNone(quantity ?? '') }
  return { kind, code }
}

/** These fields of a form as the server takes them. */
export function bodyOf(form: PromotionForm, fields: Iterable<string>, zone: string): Record<string, unknown> {
  const body: Record<string, unknown> = {}
  for (const field of fields as Iterable<keyof PromotionForm>)
    if (field !== 'code') body[field] = SENT[field]?.(form, zone) ?? (field in SENT ? null : form[field])
  // What the kind implies is checked together.
  if ('kind' in body || 'items' in body) body.items = SENT.items?.(form, zone)
  if ('gift' in body || 'steps' in body) body.gift = SENT.gift?.(form, zone)
  return body
}

/** The form as terms, for the sentence that says what it does. */
export function termsOf(form: PromotionForm): Terms {
  return {
    ...form,
    bundle_price: orNone(form.bundle_price),
    exclusion_group: orNone(form.exclusion_group),
    budget: orNone(form.budget),
    customer_budget: orNone(form.customer_budget),
    uses: number(form.uses),
    customer_uses: number(form.customer_uses),
  }
}
