/** Differences for the eye: the server says the amounts. Pure. */

import { compare, divide, formatDecimal, multiply, subtract } from '@dinghuo/api'
import type { Amounts, Effect, Measure } from './types'

/** What the draft changes, by revenue or by margin; null where margins are not told. */
export function changeOf(amounts: Amounts, measure: Measure): string | null {
  if (measure === 'revenue') return amounts.change
  if (amounts.drafted_margin === null || amounts.present_margin === null) return null
  return subtract(amounts.drafted_margin, amounts.present_margin)
}

/** `+2.4%`; empty where there is nothing to compare with. */
export function shareOf(after: string, before: string): string {
  if (compare(before, 0) === 0) return ''
  const share = multiply(divide(subtract(after, before), before, 6), 100)
  const text = formatDecimal(share, { most: 1 })
  return `${compare(share, 0) > 0 && text !== '0' ? '+' : ''}${text}%`
}

/** Margin of revenue: `23.5%`. */
export function rateOf(margin: string | null, revenue: string): string {
  if (margin === null || compare(revenue, 0) === 0) return '—'
  return `${formatDecimal(multiply(divide(margin, revenue, 6), 100), { most: 1 })}%`
}

/** Those who gain most and those who lose most, the greatest gain first. */
export function extremes(
  effects: readonly Effect[],
  measure: Measure,
  most: number,
): { effect: Effect; change: string }[] {
  const changed = effects
    .map(effect => ({ effect, change: changeOf(effect.amounts, measure) ?? '0' }))
    .filter(({ change }) => compare(change, 0) !== 0)
    .sort((a, b) => compare(b.change, a.change))
  const gains = changed.filter(({ change }) => compare(change, 0) > 0).slice(0, most)
  const losses = changed.filter(({ change }) => compare(change, 0) < 0).slice(-most)
  return [...gains, ...losses]
}
