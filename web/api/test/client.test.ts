import { describe, expect, it } from 'vitest'
import { Client } from '../src/client'
import { ApiError } from '../src/problems'
import type { Incoming, Outgoing } from '../src/transport'

type Reply = Partial<{ status: number; body: unknown; headers: Record<string, string> }>

/** A client whose requests are answered in turn, and what it sent. */
function client(replies: (Reply | Error)[], onSignedOut?: () => Promise<boolean>) {
  const sent: Outgoing[] = []
  const transport = async (request: Outgoing): Promise<Incoming> => {
    sent.push(request)
    const reply = replies.shift()
    if (reply instanceof Error) throw reply
    if (!reply) throw new Error('no more replies')
    return {
      status: reply.status ?? 200,
      header: name => reply.headers?.[name] ?? null,
      text: async () => (reply.body === undefined ? '' : JSON.stringify(reply.body)),
    }
  }
  return { sent, client: new Client({ me: '/api/v1/me', language: () => 'zh', transport, onSignedOut }) }
}

const refused = (status: number, code: string): Reply => ({
  status,
  body: { type: `/problems/${code}`, title: 'no', status, detail: 'no', faults: [{ code, message: 'no' }] },
})

describe('the client', () => {
  it('fills in the path and leaves out what is empty', async () => {
    const { client: api, sent } = client([{ body: { items: [] } }])
    await api.send('get', '/api/v1/orders/{id}', {
      path: { id: 'a/b' },
      query: { state: '', search: '雪', ids: [1, 2] },
    })
    expect(sent[0]?.url).toBe('/api/v1/orders/a%2Fb?search=%E9%9B%AA&ids=1&ids=2')
    expect(sent[0]?.headers['accept-language']).toBe('zh-CN')
    expect(sent[0]?.headers['idempotency-key']).toBeUndefined()
  })

  it('asks for the csrf token it lost before it changes anything', async () => {
    const { client: api, sent } = client([{ headers: { 'x-csrf-token': 'T' } }, { status: 201, body: { id: 1 } }])
    expect(await api.send('post', '/api/v1/orders', { body: { a: 1 } })).toEqual({ id: 1 })
    expect(sent.map(request => request.method)).toEqual(['GET', 'POST'])
    expect(sent[1]?.headers['x-csrf-token']).toBe('T')
    expect(sent[1]?.headers['idempotency-key']).toBeTruthy()
  })

  it('renews a token that is no longer right, and sends the same key again', async () => {
    const { client: api, sent } = client([
      refused(403, 'csrf-token-missing'),
      { headers: { 'x-csrf-token': 'NEW' } },
      { status: 201, body: 1 },
    ])
    api.useCsrf('OLD')
    await api.send('post', '/api/v1/orders', { body: {} })
    expect(sent[2]?.headers['x-csrf-token']).toBe('NEW')
    expect(sent[2]?.headers['idempotency-key']).toBe(sent[0]?.headers['idempotency-key'])
  })

  it('waits for a new session and sends again what was refused', async () => {
    const { client: api, sent } = client([refused(401, 'session-expired'), { body: 'kept' }], async () => true)
    api.useCsrf('T')
    expect(await api.send('put', '/api/v1/drafts/1', { body: { note: 'x' } })).toBe('kept')
    expect(sent[1]?.body).toBe('{"note":"x"}')
  })

  it('gives up when nobody signs in', async () => {
    const { client: api } = client([refused(401, 'session-expired')], async () => false)
    await expect(api.send('get', '/api/v1/orders')).rejects.toMatchObject({ status: 401 })
  })

  it('says that there was no answer', async () => {
    const { client: api } = client([new TypeError('Failed to fetch')])
    const error = await api.send('get', '/api/v1/orders').then(
      () => {
        throw new Error('answered')
      },
      (e: unknown) => e as ApiError,
    )
    expect(error).toBeInstanceOf(ApiError)
    expect(error.isUnreachable).toBe(true)
    expect(error.isPassing).toBe(true)
  })

  it('keeps what is no problem document too', async () => {
    const { client: api } = client([{ status: 502, headers: { 'retry-after': '3' } }])
    const error = await api.send('get', '/api/v1/orders').then(
      () => {
        throw new Error('answered')
      },
      (e: unknown) => e as ApiError,
    )
    expect([error.status, error.retryAfter, error.message]).toEqual([502, 3, 'HTTP 502'])
  })

  it('tells the revision to send back', async () => {
    const { client: api, sent } = client([{ body: {}, headers: { etag: '"7"' } }, { body: {} }])
    api.useCsrf('T')
    const { etag } = await api.answer('get', '/api/v1/skus/1')
    await api.send('patch', '/api/v1/skus/1', { body: {}, ifMatch: etag ?? '' })
    expect(sent[1]?.headers['if-match']).toBe('"7"')
  })
})
