/** How requests leave the device, and whether they get through. */

import { fetchTransport, type Incoming, type Outgoing, type Transport } from '@dinghuo/api'
import { ref } from 'vue'

const PATIENCE = 20_000

/** Whether the last request was answered. Screens say so; the cart waits for it. */
export const isOnline = ref(true)

export const transport: Transport = async request => {
  try {
    const incoming = await carry(request)
    isOnline.value = true
    return incoming
  } catch (error) {
    if (!request.signal?.aborted) isOnline.value = false
    throw error
  }
}

function carry(request: Outgoing): Promise<Incoming> {
  return IS_WEB ? byFetch(request) : byUni(request)
}

async function byFetch(request: Outgoing): Promise<Incoming> {
  const patience = new AbortController()
  const timer = setTimeout(() => patience.abort(), PATIENCE)
  request.signal?.addEventListener('abort', () => patience.abort())
  try {
    return await fetchTransport({ ...request, signal: patience.signal })
  } finally {
    clearTimeout(timer)
  }
}

function byUni({ method, url, headers, body, signal }: Outgoing): Promise<Incoming> {
  return new Promise((resolve, reject) => {
    const task = uni.request({
      url,
      method: method as UniApp.RequestOptions['method'],
      data: body as string | ArrayBuffer | undefined,
      header: headers,
      timeout: PATIENCE,
      // Our client reads the text itself: some engines would leave a problem document unread.
      dataType: 'text',
      success: answer => resolve(incoming(answer)),
      fail: cause => reject(new Error(cause.errMsg)),
    })
    signal?.addEventListener?.('abort', () => task.abort())
  })
}

function incoming(answer: UniApp.RequestSuccessCallbackResult): Incoming {
  const known = new Map<string, string>()
  for (const [name, value] of Object.entries((answer.header ?? {}) as Record<string, unknown>))
    known.set(name.toLowerCase(), String(value))
  const text = typeof answer.data === 'string' ? answer.data : answer.data ? JSON.stringify(answer.data) : ''
  return { status: answer.statusCode, header: name => known.get(name) ?? null, text: () => Promise.resolve(text) }
}
