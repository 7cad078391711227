/** News in a browser: one EventSource for all tabs of this site, since browsers allow a host few connections. */

import { addressOf } from '@/api/client'
import type { LiveMessage } from '@/api/people'
import type { Line } from './line'

const NAME = 'dinghuo-portal-live'
const AGAIN = 10_000

export function stream(hear: (message: LiveMessage) => void): Line {
  const others = typeof BroadcastChannel === 'undefined' ? null : new BroadcastChannel(NAME)
  others?.addEventListener('message', event => hear(event.data as LiveMessage))
  const tell = (message: LiveMessage) => {
    hear(message)
    others?.postMessage(message)
  }
  // Locks need HTTPS; without them every tab has its own line while it is seen.
  return others && navigator.locks ? shared(tell) : alone(tell)
}

function shared(tell: (message: LiveMessage) => void): Line {
  let isAsked = false
  return {
    resume() {
      if (isAsked) return
      isAsked = true
      const source = alone(tell)
      void navigator.locks.request(NAME, () => {
        source.resume()
        // Held until this tab is closed; then another tab takes over.
        return new Promise<never>(() => {})
      })
    },
    pause() {},
  }
}

function alone(tell: (message: LiveMessage) => void): Line {
  let source: EventSource | null = null
  let timer: ReturnType<typeof setTimeout> | undefined
  const open = () => {
    source?.close()
    source = new EventSource(addressOf('events'))
    source.onmessage = event => tell(JSON.parse(event.data as string) as LiveMessage)
    source.onerror = () => {
      // It comes back by itself unless it was refused.
      if (source?.readyState !== EventSource.CLOSED) return
      clearTimeout(timer)
      timer = setTimeout(open, AGAIN)
    }
  }
  return {
    resume() {
      if (source && source.readyState !== EventSource.CLOSED) return
      open()
    },
    pause() {
      clearTimeout(timer)
      source?.close()
      source = null
    },
  }
}
