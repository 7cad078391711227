/** Products and SKUs as forms hold them: codes and text, nothing missing. Pure. */

import { isZero, type ProductView, type SkuView, tidy } from '@dinghuo/api'
import { percent, rateOf } from './units'

export interface ProductForm {
  code: string
  name: string
  name_en: string
  category: string
  brand: string
  description: string
  state: string
  media: { sha256: string; sku: string }[]
  attachments: { sha256: string; name: string }[]
}

export const blankProduct = (): ProductForm => ({
  code: '',
  name: '',
  name_en: '',
  category: '',
  brand: '',
  description: '',
  state: 'active',
  media: [],
  attachments: [],
})

export function productForm(product: ProductView): ProductForm {
  return {
    code: product.code,
    name: product.name,
    name_en: product.name_en ?? '',
    category: product.category?.code ?? '',
    brand: product.brand?.code ?? '',
    description: product.description ?? '',
    state: product.state,
    media: (product.media ?? []).map(({ sha256, sku }) => ({ sha256, sku: sku ?? '' })),
    attachments: (product.attachments ?? []).map(({ sha256, name }) => ({ sha256, name })),
  }
}

const orNull = (text: string) => text.trim() || null

export function productBody(changed: Partial<ProductForm>): Record<string, unknown> {
  const { code: _, media, name, state, attachments, ...texts } = changed
  return {
    ...Object.fromEntries(Object.entries(texts).map(([key, text]) => [key, orNull(text)])),
    ...(name !== undefined && { name: name.trim() }),
    ...(state !== undefined && { state }),
    ...(media && { media: media.map(({ sha256, sku }) => (sku ? { sha256, sku } : { sha256 })) }),
    ...(attachments && { attachments }),
  }
}

export interface UnitForm {
  unit: string
  numerator: number
  denominator: number
  barcode: string
}

export interface SkuForm {
  code: string
  product: string
  name: string
  name_en: string
  specification: string
  base_unit: string
  sales_unit: string
  units: UnitForm[]
  minimum_quantity: string
  multiple: string
  /** In percent, as typed; empty is exempt. */
  tax: string
  supply_policy: string
  weight_grams: string
  state: string
}

export const blankSku = (product = ''): SkuForm => ({
  code: '',
  product,
  name: '',
  name_en: '',
  specification: '',
  base_unit: '',
  sales_unit: '',
  units: [],
  minimum_quantity: '',
  multiple: '',
  tax: '13',
  supply_policy: 'refuse',
  weight_grams: '',
  state: 'active',
})

const plain = (value: string | null) => (value === null || isZero(value) ? '' : (tidy(value) ?? value))

/** The base unit is told apart: its barcode stands with the others, its ratio is one. */
export function skuForm(sku: SkuView): SkuForm {
  return {
    code: sku.code,
    product: sku.product?.code ?? '',
    name: sku.name,
    name_en: sku.name_en ?? '',
    specification: sku.specification ?? '',
    base_unit: sku.base_unit,
    sales_unit: sku.sales_unit,
    units: (sku.units ?? []).map(({ unit, numerator, denominator, barcode }) => ({
      unit,
      numerator,
      denominator,
      barcode: barcode ?? '',
    })),
    minimum_quantity: plain(sku.minimum_quantity),
    multiple: plain(sku.multiple),
    tax: percent(sku.tax_rate)?.replace('%', '') ?? '',
    supply_policy: sku.supply_policy,
    weight_grams: sku.weight_grams === null ? '' : String(sku.weight_grams),
    state: sku.state,
  }
}

/** Numbers that are none go as typed: the server says what is wrong with them, at their field. */
export function skuBody(changed: Partial<SkuForm>): Record<string, unknown> {
  const body: Record<string, unknown> = {}
  for (const key of ['name', 'base_unit', 'sales_unit', 'supply_policy', 'state'] as const) {
    if (changed[key] !== undefined) body[key] = changed[key].trim()
  }
  for (const key of ['name_en', 'specification'] as const) {
    if (changed[key] !== undefined) body[key] = orNull(changed[key])
  }
  if (changed.product?.trim()) body.product = changed.product.trim()
  for (const key of ['minimum_quantity', 'multiple'] as const) {
    if (changed[key] !== undefined) body[key] = changed[key].trim() ? (tidy(changed[key]) ?? changed[key]) : null
  }
  if (changed.tax !== undefined) body.tax_rate = changed.tax.trim() ? (rateOf(changed.tax) ?? changed.tax) : null
  if (changed.weight_grams !== undefined)
    body.weight_grams = changed.weight_grams.trim() ? Number(changed.weight_grams) : null
  if (changed.units) {
    body.units = changed.units
      .filter(unit => unit.unit)
      .map(({ unit, numerator, denominator, barcode }) => ({
        unit,
        numerator,
        denominator,
        barcode: orNull(barcode),
      }))
  }
  if (body.sales_unit === '') delete body.sales_unit
  return body
}
