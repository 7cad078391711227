/** Moments as a person types them, on the clocks of the company. */

import { formatMoment, wallClock } from '@dinghuo/api'

/** `2026-11-23T08:30` on clocks there, as a moment. */
export function momentOf(wall: string, zone: string): string | null {
  const wanted = Date.parse(`${wall}Z`)
  if (Number.isNaN(wanted)) return null
  const offset = (at: number) => {
    const { year, month, day, hour, minute, second } = wallClock(at, zone)
    return Date.UTC(year, month - 1, day, hour, minute, second) - at
  }
  // Twice: the first guess may lie on the other side of a change of the clocks.
  const first = wanted - offset(wanted)
  return new Date(wanted - offset(first)).toISOString().replace('.000Z', 'Z')
}

/** A moment for a field of date and time. */
export const wallOf = (moment: string | null, zone: string) =>
  moment ? formatMoment(moment, zone).replace(' ', 'T') : ''

/** Text in paragraphs, addresses apart so that they can be links. */
export function paragraphs(body: string): { text: string; isLink: boolean }[][] {
  return body
    .split(/\n\s*\n/)
    .filter(part => part.trim())
    .map(part =>
      part
        .split(/(https?:\/\/[^\s，。；、）)]+)/)
        .filter(piece => piece)
        .map(text => ({ text, isLink: /^https?:\/\//.test(text) })),
    )
}

export function fileSize(bytes: number | undefined): string {
  if (!bytes) return ''
  return bytes < 1024 * 1024
    ? `${Math.max(1, Math.round(bytes / 1024))} KB`
    : `${(bytes / 1024 / 1024).toFixed(1)} MB`
}
