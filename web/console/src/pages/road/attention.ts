/** Whom to go and see first. */

import { dayOf, daysBetween } from '@dinghuo/api'
import type { RoadCustomer } from './types'

/** How far back is looked: nobody is kept waiting longer. */
export const VISIT_DAYS = 30
export const ORDER_DAYS = 45

export interface Attention {
  customer: RoadCustomer
  /** Days since; null: not within the days looked at. */
  visited: number | null
  ordered: number | null
  needsVisit: boolean
  isSilent: boolean
}

interface Dated {
  customer: { id: string }
  at: string
}

/** Of each customer the newest of these, which come newest first. */
export function newest(items: readonly Dated[]): Map<string, string> {
  const found = new Map<string, string>()
  for (const item of items) if (!found.has(item.customer.id)) found.set(item.customer.id, item.at)
  return found
}

/** Customers with what they wait for, the neglected ones first: silent and unvisited, then silent, then unvisited. */
export function byAttention(
  customers: readonly RoadCustomer[],
  { visits, orders, zone, now }: { visits: readonly Dated[]; orders: readonly Dated[]; zone: string; now: number },
): Attention[] {
  const today = dayOf(now, zone)
  const since = (at: string | undefined) =>
    at === undefined ? null : Math.max(0, daysBetween(dayOf(at, zone), today))
  const [lastVisits, lastOrders] = [newest(visits), newest(orders)]
  const all = customers.map(customer => {
    const visited = since(lastVisits.get(customer.id))
    const ordered = since(lastOrders.get(customer.id))
    return {
      customer,
      visited,
      ordered,
      needsVisit: visited === null || visited >= VISIT_DAYS,
      isSilent: ordered === null || ordered >= ORDER_DAYS,
    }
  })
  const weight = (each: Attention) => (each.isSilent ? 2 : 0) + (each.needsVisit ? 1 : 0)
  const longest = (days: number | null) => days ?? Number.MAX_SAFE_INTEGER
  return all.sort(
    (a, b) =>
      weight(b) - weight(a) ||
      longest(b.ordered) - longest(a.ordered) ||
      longest(b.visited) - longest(a.visited) ||
      a.customer.code.localeCompare(b.customer.code),
  )
}

/** Whether what was typed stands in its name, code or the name of a contact. */
export function matches(customer: RoadCustomer, typed: string): boolean {
  const wanted = typed.trim().toLowerCase()
  const words = [
    customer.name,
    customer.name_en,
    customer.code,
    ...(customer.contacts ?? []).flatMap(each => [each.name, each.mobile]),
  ]
  return !wanted || words.some(word => word?.toLowerCase().includes(wanted))
}

/** Where maps show an address. */
export function mapLink(address: string, language: 'zh' | 'en'): string {
  const place = encodeURIComponent(address)
  return language === 'zh'
    ? `https://uri.amap.com/search?keyword=${place}`
    : `https://www.openstreetmap.org/search?query=${place}`
}
