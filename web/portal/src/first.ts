/** The first page's question to the server, asked before the page itself is there. */

import { catalogue } from '@/api/routes'
import type { Home } from '@/api/types'
import { epoch } from '@/session/session'

let early: { epoch: string; answer: Promise<Home> } | null = null

export function askEarly(): void {
  const answer = catalogue.home()
  // Whoever waits for it is told; nobody waiting is no fault.
  answer.catch(() => {})
  early = { epoch: epoch.value, answer }
}

/** The answer asked for at launch, once; later it is asked anew. */
export function firstHome(): Promise<Home> {
  const asked = early
  early = null
  return asked?.epoch === epoch.value ? asked.answer : catalogue.home()
}
