/** Months as a calendar shows them, by their days as text. */

import { addDays } from '@dinghuo/api'

export const monthOf = (day: string) => day.slice(0, 7)

export function shiftMonth(month: string, by: number): string {
  const [year = 0, number = 1] = month.split('-').map(Number)
  const count = year * 12 + number - 1 + by
  return `${Math.floor(count / 12)}-${String((count % 12) + 1).padStart(2, '0')}`
}

export function spanOf(month: string): { first: string; last: string } {
  return { first: `${month}-01`, last: addDays(`${shiftMonth(month, 1)}-01`, -1) }
}

/** 1 is Monday. */
export const weekdayOf = (day: string) => new Date(`${day}T00:00:00Z`).getUTCDay() || 7
