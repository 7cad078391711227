/** When a price list holds, and where that lies on a line of time. Pure. */

import { addDays, daysBetween } from '@dinghuo/api'

export interface Dated {
  state: string
  valid_from: string
  valid_until: string | null
  approval?: { state: string } | null
}

export type Phase = 'waiting' | 'draft' | 'withdrawn' | 'current' | 'coming' | 'past'

export function phaseOf(list: Dated, today: string): Phase {
  if (list.approval?.state === 'open') return 'waiting'
  if (list.state === 'draft' || list.state === 'withdrawn') return list.state
  if (list.valid_from > today) return 'coming'
  return list.valid_until !== null && list.valid_until < today ? 'past' : 'current'
}

/** Days before and after today that the line shows. */
const BEFORE = 365
const AFTER = 365

export interface Bar {
  /** In percent of the line. */
  left: number
  width: number
  /** Goes on beyond the edge. */
  openLeft: boolean
  openRight: boolean
}

export function barOf(list: Dated, today: string): Bar | null {
  const first = addDays(today, -BEFORE)
  const whole = BEFORE + AFTER
  const from = daysBetween(first, list.valid_from)
  const until = list.valid_until === null ? Number.POSITIVE_INFINITY : daysBetween(first, list.valid_until) + 1
  if (from >= whole || until <= 0) return null
  const left = Math.max(0, from)
  const right = Math.min(whole, until)
  return {
    left: (left / whole) * 100,
    width: ((right - left) / whole) * 100,
    openLeft: from < 0,
    openRight: until > whole,
  }
}

/** Where quarters begin, with what to write there. */
export function quarters(today: string): { at: number; label: string }[] {
  const first = addDays(today, -BEFORE)
  const whole = BEFORE + AFTER
  const all: { at: number; label: string }[] = []
  const year = Number(first.slice(0, 4))
  for (let quarter = 0; quarter < 13; quarter += 1) {
    const month = (quarter % 4) * 3 + 1
    const day = `${year + Math.floor(quarter / 4)}-${String(month).padStart(2, '0')}-01`
    const at = daysBetween(first, day)
    if (at > 0 && at < whole)
      all.push({ at: (at / whole) * 100, label: month === 1 ? day.slice(0, 4) : day.slice(5, 7) })
  }
  return all
}

export const TODAY_AT = (BEFORE / (BEFORE + AFTER)) * 100
