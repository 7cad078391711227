/** The way to WeCom and back: what this tab keeps meanwhile. */

import type { WeComDoor } from '@dinghuo/api'
import { api } from '@/app/api'
import { rememberCompany } from '@/app/session'

const KEPT = 'dinghuo.wecom'
const TRIED = 'dinghuo.wecom.tried'

export interface Errand {
  /** To sign in, or to be known there from now on. */
  purpose: 'sign-in' | 'link'
  /** Where to go afterwards. */
  to: string
}

/** Whether this is WeCom's own browser, where nobody has to be asked. */
export const isInWeCom = /wxwork/i.test(navigator.userAgent)

/** Only a page of ours: `//elsewhere` is none. */
export function within(to: unknown): string {
  const path = typeof to === 'string' ? to : '/'
  return /^\/(?![/\\])/.test(path) ? path : '/'
}

/** Whether there is such a door; where there are several companies, it is the company's. */
export async function lookForDoor(company: string): Promise<WeComDoor> {
  try {
    return await api.send<WeComDoor>('get', '/api/v1/wecom/door', { query: { company: company.trim() || undefined } })
  } catch {
    return { available: false, asks_company: false }
  }
}

/** Go there; the page is left. */
export async function goToWeCom(errand: Errand, company = ''): Promise<void> {
  const { url } = await api.send<{ url: string }>(
    'post',
    errand.purpose === 'link' ? '/api/v1/me/wecom/begin' : '/api/v1/wecom/begin',
    { body: errand.purpose === 'link' ? {} : { company: company.trim() || null } },
  )
  rememberCompany(company.trim())
  sessionStorage.setItem(KEPT, JSON.stringify(errand))
  location.assign(url)
}

/** What this tab set out for. */
export function errand(): Errand {
  try {
    const kept = JSON.parse(sessionStorage.getItem(KEPT) ?? '') as Errand
    return { purpose: kept.purpose === 'link' ? 'link' : 'sign-in', to: within(kept.to) }
  } catch {
    return { purpose: 'sign-in', to: '/' }
  }
}

/** In WeCom's browser one is taken there at once, but not again when it did not go well. */
export function mayGoByItself(): boolean {
  if (!isInWeCom || sessionStorage.getItem(TRIED)) return false
  sessionStorage.setItem(TRIED, '1')
  return true
}

export function arrived(): void {
  sessionStorage.removeItem(KEPT)
  sessionStorage.removeItem(TRIED)
}
