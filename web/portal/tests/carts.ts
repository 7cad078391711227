import type { Cart, CartLine } from '@/api/types'

export function line(sku: string, unit: string, quantity: string, more: Partial<CartLine> = {}): CartLine {
  return {
    line_no: 1,
    sku,
    unit,
    quantity,
    note: null,
    requested_date: null,
    rebate_goods: false,
    sku_id: `id of ${sku}`,
    product_id: null,
    name: sku,
    name_en: null,
    specification: null,
    image: null,
    base_unit: 'bottle',
    base_quantity: null,
    units: [],
    availability: null,
    problems: [],
    ...more,
  }
}

export function cart(id: string | null, revision: number, lines: CartLine[] = []): Cart {
  return {
    id,
    name: null,
    revision,
    updated_at: null,
    customer_reference: null,
    requested_date: null,
    ship_to: null,
    note: null,
    coupons: [],
    gifts: [],
    next: [],
    promotions: [],
    lines,
    problems: [],
    totals: { lines: lines.length, currency: 'CNY' },
    actions: ['submit'],
  }
}
