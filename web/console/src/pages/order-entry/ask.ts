/** What the order entry asks the server. */

import type { BlanketView } from '@dinghuo/api'
import { api } from '@/app/api'
import { me } from '@/app/session'
import type { CustomerChoice, DraftView, LineRequest, Placed, Preview, SkuInfo, Usual } from './types'

interface Items<T> {
  items: T[]
  cursor: string | null
}

export async function findCustomers(search: string, signal?: AbortSignal): Promise<CustomerChoice[]> {
  const query = { search, limit: 12, include: ['addresses', 'contacts'] }
  return (await api.send<Items<CustomerChoice>>('get', '/api/v1/customers', { query, signal })).items
}

export async function customerByCode(code: string): Promise<CustomerChoice | null> {
  return (await findCustomers(code)).find(each => each.code === code) ?? null
}

export async function findSkus(
  search: string,
  customer: string | undefined,
  signal?: AbortSignal,
  limit = 8,
): Promise<SkuInfo[]> {
  const query = { search, customer, state: 'active', include: ['units'], limit }
  return (await api.send<Items<SkuInfo>>('get', '/api/v1/skus', { query, signal })).items
}

export async function usualOf(customerId: string, signal?: AbortSignal): Promise<Usual[]> {
  const answer = await api.send<Items<Usual>>('get', '/api/v1/customers/{customer_id}/usual', {
    path: { customer_id: customerId },
    query: { limit: 60 },
    signal,
  })
  return answer.items
}

export interface Body {
  customer: string
  lines: LineRequest[]
}

/** With what there is of the customer's rebates, of which nothing is used yet. */
export const preview = (body: Body, signal?: AbortSignal) =>
  api.send<Preview>('post', '/api/v1/orders/preview', {
    body: me.value?.sees_price ? { ...body, use_rebate: '0' } : body,
    signal,
  })

export const readDraft = (id: string) =>
  api.send<DraftView>('get', '/api/v1/drafts/{draft_id}', { path: { draft_id: id } })

export const createDraft = (body: Body, key: string) => api.send<DraftView>('post', '/api/v1/drafts', { body, key })

export const replaceDraft = (id: string, body: Body, revision: number) =>
  api.send<DraftView>('put', '/api/v1/drafts/{draft_id}', { path: { draft_id: id }, body, ifMatch: revision })

export const deleteDraft = (id: string) => api.send('delete', '/api/v1/drafts/{draft_id}', { path: { draft_id: id } })

/** However often it is sent: the draft is the key. */
export const submitDraft = (id: string, use_rebate: string | null) =>
  api.send<Placed>('post', '/api/v1/drafts/{draft_id}/submit', { path: { draft_id: id }, query: { use_rebate } })

export const proposeDraft = (id: string, message: string | null) =>
  api.send<DraftView>('post', '/api/v1/drafts/{draft_id}/propose', { path: { draft_id: id }, body: { message } })

export const withdrawDraft = (id: string) =>
  api.send<DraftView>('post', '/api/v1/drafts/{draft_id}/withdraw', { path: { draft_id: id }, body: {} })

export async function openDrafts(signal?: AbortSignal): Promise<DraftView[]> {
  return (await api.send<Items<DraftView>>('get', '/api/v1/drafts', { query: { limit: 12 }, signal })).items
}

export const readBlanket = (id: string) =>
  api.send<BlanketView>('get', '/api/v1/blanket-orders/{blanket_id}', { path: { blanket_id: id } })
