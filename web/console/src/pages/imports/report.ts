/** The figures of an import, whatever its kind, in the same words. */

import type { Report, ReportView, SheetReport } from '@dinghuo/api'

export const KINDS = ['order_book', 'customers', 'skus', 'prices', 'stock'] as const
export const STATES = ['looking', 'ready', 'checking', 'checked', 'running', 'done', 'failed', 'cancelled'] as const

export interface Counts {
  read: number
  taken: number
  aside: number
}

interface Told {
  report: ReportView | null
  result: ReportView | null
}

/** Of the run once there is one, else of the try. */
export function countsOf({ report, result }: Told): Counts | undefined {
  const found = result ?? report
  if (found?.order_book) return countsOfBook(found.order_book)
  return found?.sheet ? countsOfSheet(found.sheet) : undefined
}

function countsOfBook(book: Report): Counts {
  return { read: book.lines_read, taken: book.lines_ordered, aside: book.lines_set_aside }
}

function countsOfSheet(sheet: SheetReport): Counts {
  return { read: sheet.lines_read, taken: sheet.lines_taken, aside: sheet.lines_set_aside }
}

export interface Why {
  code: string
  lines: number
  amount?: string
  text: { zh: string; en: string }
}

/** Why rows were set aside, the most frequent first. */
export function reasonsOf(view: ReportView): Why[] {
  const found: Why[] = [
    ...(view.order_book?.set_aside ?? []).map(({ reason, lines, amount, zh, en }) => ({
      code: reason,
      lines,
      amount,
      text: { zh, en },
    })),
    ...(view.sheet?.set_aside ?? []).map(({ reason, lines, zh, en }) => ({ code: reason, lines, text: { zh, en } })),
  ]
  return found.sort((one, other) => other.lines - one.lines)
}

/** Which step an import is at. */
export function stepOf(state: string): number {
  if (state === 'looking' || state === 'ready') return 1
  if (state === 'checking' || state === 'checked') return 2
  return state === 'running' ? 3 : 4
}

/** "95 s" is better said as "2 minutes". */
export function timeLeft(seconds: number): { key: 'seconds' | 'minutes'; n: number } {
  return seconds < 90
    ? { key: 'seconds', n: Math.max(1, Math.round(seconds)) }
    : { key: 'minutes', n: Math.round(seconds / 60) }
}
