/**
 * News from the server. One tab of the browser holds the stream (browsers allow few connections) and tells the others;
 * what is on screen is fetched again when something it shows has changed.
 */

import { onScopeDispose, ref } from 'vue'
import { queries } from './query'
import { refreshMe } from './session'

export interface News {
  /** `order.placed`, `stock.changed`, …; `refresh`: anything may have changed. */
  kind: string
  /** null: several of this kind. */
  id?: string | null
  customer_id?: string | null
  revision?: number
  skus?: string[] | null
  at?: string
}

/** What each kind of news makes untrue: the first part of query keys. */
const STALE: Record<string, string[]> = {
  order: ['orders', 'today', 'customers-page'],
  draft: ['drafts'],
  stock: ['stock'],
  prices: ['prices'],
  catalogue: ['catalogue'],
  customers: ['customers'],
  notice: ['notices'],
  import: ['imports'],
  comment: ['comments'],
  approval: ['approvals', 'orders', 'customers-page', 'prices'],
  account: ['customers-page', 'approvals'],
  message: ['inbox'],
}

export const isLive = ref(false)

const listeners = new Set<(news: News) => void>()
const pending = new Map<string, Set<string | null>>()
let isDue = false
let settled = 0

/** Be told of news while this component lives. */
export function useNews(listener: (news: News) => void): void {
  listeners.add(listener)
  onScopeDispose(() => listeners.delete(listener))
}

function hear(news: News): void {
  if (news.kind === 'hello') {
    isLive.value = true
    return
  }
  for (const listener of listeners) listener(news)
  if (news.kind === 'refresh') void queries.invalidateQueries()
  else if (news.kind === 'me.changed') void refreshMe()
  else collect(news)
}

/** A burst of news is one round of fetching. */
function collect(news: News): void {
  const subject = news.kind.split('.')[0] ?? ''
  for (const key of STALE[subject] ?? [subject]) {
    const ids = pending.get(key) ?? new Set()
    ids.add(news.id ?? null)
    pending.set(key, ids)
  }
  if (isDue) return
  isDue = true
  setTimeout(settle, Math.max(250, settled + 1000 - Date.now()))
}

function settle(): void {
  isDue = false
  settled = Date.now()
  for (const [key, ids] of pending) {
    void queries.invalidateQueries({
      predicate: ({ queryKey }) => {
        if (queryKey[0] !== key) return false
        // `[key, 'one', id]` is about one record: others' news leaves it true.
        return queryKey[1] !== 'one' || ids.has(null) || ids.has(String(queryKey[2]))
      },
    })
  }
  pending.clear()
}

const CHANNEL = 'dinghuo.events'
/** A tab just opened asks whether there is a stream. */
const ASK = 'anyone?'
let holdsStream = false

/** Listen until the returned function is called. */
export function listen(): () => void {
  const channel = new BroadcastChannel(CHANNEL)
  channel.onmessage = ({ data }: MessageEvent<News>) => {
    if (data.kind !== ASK) hear(data)
    else if (holdsStream && isLive.value) channel.postMessage({ kind: 'hello' })
  }
  channel.postMessage({ kind: ASK })
  const over = new AbortController()
  const hold = () => holdStream(channel, over.signal)
  if (navigator.locks) {
    // Whoever holds the lock holds the stream; the next tab takes over when it closes.
    void navigator.locks.request(CHANNEL, { signal: over.signal }, hold).catch(() => undefined)
  } else {
    void hold()
  }
  return () => {
    over.abort()
    channel.close()
    isLive.value = false
  }
}

function holdStream(channel: BroadcastChannel, over: AbortSignal): Promise<void> {
  holdsStream = true
  return new Promise(done => {
    let source: EventSource | null = null
    let again: ReturnType<typeof setTimeout> | undefined
    let wait = 2000

    const open = () => {
      source = new EventSource('/api/v1/events')
      source.onmessage = ({ data }) => {
        wait = 2000
        const news = JSON.parse(data) as News
        channel.postMessage(news)
        hear(news)
      }
      source.onerror = () => {
        isLive.value = false
        // The browser resumes by itself unless it was refused.
        if (source?.readyState !== EventSource.CLOSED) return
        source.close()
        again = setTimeout(reopen, wait)
        wait = Math.min(wait * 2, 60_000)
      }
    }
    const reopen = async () => {
      // Refused, most likely because the session ended.
      if (await refreshMe()) {
        void queries.invalidateQueries()
        open()
      } else {
        again = setTimeout(reopen, wait)
      }
    }
    over.addEventListener('abort', () => {
      clearTimeout(again)
      source?.close()
      holdsStream = false
      done()
    })
    open()
  })
}
