/** What the pages of rebates ask the server. */

import { api } from '@/app/api'
import type { Choice, PageOf } from '@/components/table/types'
import { nameIn } from '@/composables/useWordLists'
import type { Agreement } from './types'

export const PATH = '/api/v1/rebates/agreements/{code}'

export const read = (code: string, signal?: AbortSignal) =>
  api.send<Agreement>('get', PATH, { path: { code }, signal })

async function found(path: string, typed: string, signal: AbortSignal): Promise<Choice[]> {
  const query = { search: typed || undefined, limit: 20 }
  const rows = await api.send<PageOf<{ code: string; name: string; name_en?: string | null }>>('get', path, {
    query,
    signal,
  })
  return rows.items.map(row => ({ value: row.code, label: nameIn(row), detail: row.code }))
}
export const findAgreements = (typed: string, signal: AbortSignal) =>
  found('/api/v1/rebates/agreements', typed, signal)
export const findBuyers = (typed: string, signal: AbortSignal) => found('/api/v1/customers', typed, signal)
