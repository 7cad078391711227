/** What the pages of promotions ask the server. */

import { api } from '@/app/api'
import type { PageOf } from '@/components/table/types'
import { nameIn } from '@/composables/useWordLists'
import type { ItemKind, Promotion } from './types'

export const PATH = '/api/v1/promotions/{code}'

export const read = (code: string, signal?: AbortSignal) =>
  api.send<Promotion>('get', PATH, { path: { code }, signal })

export interface Found {
  code: string
  name: string
  sales_unit?: string
  units?: string[]
}

const FROM: Record<ItemKind, string> = {
  sku: '/api/v1/skus',
  product: '/api/v1/products',
  category: '/api/v1/categories',
  brand: '/api/v1/brands',
}

interface Answered {
  code: string
  name: string
  name_en?: string | null
  sales_unit?: string
  units?: { unit: string }[]
}

/** Goods of a kind by what was typed. */
export async function findGoods(kind: ItemKind, typed: string, signal?: AbortSignal): Promise<Found[]> {
  const searches = kind === 'sku' || kind === 'product'
  const query = {
    limit: searches ? 20 : 200,
    ...(searches && { search: typed }),
    ...(kind === 'sku' && { include: ['units'] }),
  }
  const answer = await api.send<PageOf<Answered> | Answered[]>('get', FROM[kind], { query, signal })
  const rows = Array.isArray(answer) ? answer : answer.items
  const wanted = typed.trim().toLowerCase()
  return rows
    .filter(row => searches || `${row.code} ${row.name} ${row.name_en ?? ''}`.toLowerCase().includes(wanted))
    .map(row => ({
      code: row.code,
      name: nameIn(row),
      sales_unit: row.sales_unit,
      units: row.units?.map(each => each.unit),
    }))
}
