/** An order being written, on this device: so that a reload, a crash or a wrong click loses nothing. */

import { me } from '@/app/session'
import type { Entry } from './types'

export interface Kept {
  entry: Entry
  /** The server's draft it is, and the revision it was read at. */
  draftId: string | null
  revision: number
  /** Kept from before the first request, so that a lost answer makes no second draft. */
  key: string
  at: string
}

/** Where it is kept, by person, draft or customer. */
export const placeOf = (what: string | null) => `dinghuo.draft.${me.value?.id ?? ''}.order-entry.${what ?? 'new'}`

export function readKept(place: string): Kept | null {
  try {
    const found = JSON.parse(localStorage.getItem(place) ?? 'null') as Kept | null
    return found?.entry?.lines ? found : null
  } catch {
    return null
  }
}

/** Null forgets it. A full or forbidden store must not get in the way of typing. */
export function writeKept(place: string, kept: Kept | null): void {
  try {
    if (kept) localStorage.setItem(place, JSON.stringify(kept))
    else localStorage.removeItem(place)
  } catch {
    // See above.
  }
}
