/** What the first page reckons of what it is told: only comparisons, for the eye. */

import { compare, divide, formatDecimal, multiply, subtract, sum } from '@dinghuo/api'
import type { Measure } from './types'

export interface Change {
  tone: 'up' | 'down' | 'same' | 'none'
  /** `+12.5%`; empty where there was nothing to compare with. */
  text: string
}

/** How much more or less than before. Nothing before is no percentage. */
export function changeOf(now: string | number, before: string | number): Change {
  if (compare(before, 0) === 0) return { tone: compare(now, 0) === 0 ? 'same' : 'none', text: '' }
  const share = multiply(divide(subtract(now, before), before, 4), 100)
  const rounded = formatDecimal(share, { most: 1 })
  if (rounded === '0') return { tone: 'same', text: '0%' }
  const isUp = compare(share, 0) > 0
  return { tone: isUp ? 'up' : 'down', text: `${isUp ? '+' : ''}${rounded}%` }
}

export interface Day {
  day: string
  orders: number
  gross: string | null
}

const FOUR_WEEKS = 28

/**
 * The last so many days, the same number of days before them, and for each day the one four weeks earlier: the same day
 * of the week, so that Sundays stand before Sundays. Oldest first; empty where the days do not reach back so far.
 */
export function withBefore(days: readonly Day[], count: number): { now: Day[]; before: Day[]; earlier: Day[] } {
  const reaches = days.length >= 2 * count
  return {
    now: days.slice(-count),
    before: reaches ? days.slice(-2 * count, -count) : [],
    earlier: reaches ? days.slice(-count - FOUR_WEEKS, -FOUR_WEEKS) : [],
  }
}

export const measured = (day: { orders: number; gross: string | null }, measure: Measure): number =>
  measure === 'orders' ? day.orders : Number(day.gross ?? 0)

export function totalOf(days: readonly Day[], measure: Measure): string {
  return measure === 'orders'
    ? String(days.reduce((all, day) => all + day.orders, 0))
    : sum(days.map(day => day.gross ?? '0'))
}

/** Of a whole, in percent of its largest: for bars beside names. */
export function shareOfMost(value: string | number | null, most: string | number | null): number {
  const [of, all] = [Number(value ?? 0), Number(most ?? 0)]
  return all > 0 ? Math.max(0, Math.min(100, (of / all) * 100)) : 0
}

/** Hours worth showing: from the first to the last with an order, at least those of a working day. */
export function hoursShown(hours: readonly { hour: number; orders: number }[], now: number): number[] {
  const busy = hours.filter(each => each.orders > 0).map(each => each.hour)
  const from = Math.min(8, ...busy)
  const until = Math.max(18, now, ...busy)
  return Array.from({ length: until - from + 1 }, (_, index) => from + index)
}
