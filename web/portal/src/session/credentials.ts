/** What makes a request ours. In a browser the session is a cookie that no script sees; the mini-program has a token. */

import { forget, keep, recall } from '@/storage'

interface Credentials {
  /** `tenant.id.secret`, in the mini-program only. */
  token: string
  /** The dealer company that was chosen among the user's. */
  customer: string
  /** Whether there is a cart at all. */
  mayOrder: boolean
}

const NAME = 'credentials'
const NONE: Credentials = { token: '', customer: '', mayOrder: false }

export const credentials: Credentials = { ...NONE, ...recall<Credentials>(NAME) }

export function setCredentials(changed: Partial<Credentials>): void {
  Object.assign(credentials, changed)
  keep(NAME, credentials)
}

export function dropCredentials(): void {
  Object.assign(credentials, NONE)
  forget(NAME)
}
