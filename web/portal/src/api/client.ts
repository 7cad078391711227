/** The one way to the server, in browser and mini-program alike. */

import { Client, type Loose, type Method } from '@dinghuo/api'
import { language } from '@/i18n'
import { credentials } from '@/session/credentials'
import { transport } from './transport'

let signedOut: () => void = () => {}

/** What to do when the server no longer knows us. */
export function whenSignedOut(action: () => void): void {
  signedOut = action
}

export const client = new Client({
  base: SERVER,
  transport,
  language: () => language.value,
  me: '/portal/v1/me',
  headers: whoAsks,
  onSignedOut: () => {
    signedOut()
    return Promise.resolve(false)
  },
})

/** Headers that say who asks and for which of their companies. A browser has the session's cookie besides. */
export function whoAsks(): Record<string, string> {
  return {
    ...(credentials.token && { authorization: `Session ${credentials.token}` }),
    ...(credentials.customer && { 'x-customer': credentials.customer }),
  }
}

export function ask<T>(method: Method, path: string, options?: Loose): Promise<T> {
  return client.send<T>(method, `/portal/v1/${path}`, options)
}

/** Where a picture or a file is. */
export function addressOf(path: string): string {
  return `${SERVER}/portal/v1/${path}`
}
