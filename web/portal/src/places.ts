/** Where goods go: an address of the company as an order says it, and whether two are the same place. */

import type { Address, ShipTo } from '@/api/types'
import { place } from '@/shown'

export function shipToOf({ id: _, is_default: __, label: ___, ...to }: Address): ShipTo {
  return to
}

/** Whether somebody would take them for the same. */
export function isThere(to: ShipTo | null | undefined, other: ShipTo | null | undefined): boolean {
  if (!to || !other) return !to && !other
  return to.recipient === other.recipient && (to.mobile ?? '') === (other.mobile ?? '') && place(to) === place(other)
}

/** Who takes them, and where. */
export function placeSaid(to: ShipTo): string {
  return `${to.recipient} · ${place(to)}`
}
