/** What happened on the server while a screen is open. Messages say only what to fetch again, and may come twice. */

import { onHide, onShow, onUnload } from '@dcloudio/uni-app'
import type { LiveMessage } from '@/api/people'
import { credentials } from '@/session/credentials'
import type { Line } from './line'
import { poll } from './poll'
import { stream } from './stream'

type Listener = (message: LiveMessage) => void

const listeners = new Set<Listener>()
let line: Line | null = null

export function startLive(): void {
  line ??= IS_WEB ? stream(hear) : poll(hear)
  line.resume()
}

export function pauseLive(): void {
  line?.pause()
}

export function stopLive(): void {
  line?.pause()
  line = null
}

/** Hear of these kinds (`order.` means all that begin so) until the answered function is called. */
export function listen(kinds: readonly string[], action: Listener): () => void {
  const listener: Listener = message => {
    const isFor = kinds.some(kind => (kind.endsWith('.') ? message.kind.startsWith(kind) : message.kind === kind))
    if (isFor || message.kind === 'refresh') action(message)
  }
  listeners.add(listener)
  return () => listeners.delete(listener)
}

/** Inside a page: hear while it is shown, several messages in a moment as one. */
export function useLive(kinds: readonly string[], action: (message: LiveMessage) => void): void {
  let off: (() => void) | null = null
  let timer: ReturnType<typeof setTimeout> | undefined
  const soon: Listener = message => {
    clearTimeout(timer)
    timer = setTimeout(() => action(message), 150)
  }
  const stop = () => {
    off?.()
    off = null
  }
  onShow(() => {
    off ??= listen(kinds, soon)
  })
  onHide(stop)
  onUnload(stop)
}

function hear(message: LiveMessage): void {
  const isOthers = message.customer_id && credentials.customer && message.customer_id !== credentials.customer
  if (!isOthers) for (const listener of [...listeners]) listener(message)
}
