import { ApiError } from '@dinghuo/api'
import { describe, expect, it } from 'vitest'
import type { Cart } from '@/api/types'
import { Courier } from '@/cart/courier'
import { type Batch, begin, type Journal, record } from '@/cart/journal'
import { cart, line } from './carts'

const offline = () => new ApiError({ type: '/problems/unreachable', title: 'unreachable', status: 0, detail: '' })
const refusal = (status: number, code: string) =>
  new ApiError({ type: `/problems/${code}`, title: code, status, detail: '' })

/** A server that takes changes as ours does: of one device the higher number wins. */
class Server {
  readonly lines = new Map<string, { quantity: string; seq: number }>()
  readonly sent: Batch[] = []
  revision = 0
  fault: (parcel: Batch) => Error | null = () => null
  /** The network breaks after the server has done its work. */
  losesAnswers = false

  take(parcel: Batch): Promise<Cart> {
    this.sent.push(parcel)
    const error = this.fault(parcel)
    if (error) return Promise.reject(error)
    for (const { sku, quantity, seq } of parcel.changes) {
      if ((this.lines.get(sku)?.seq ?? 0) >= seq) continue
      this.lines.set(sku, { quantity, seq })
      this.revision += 1
    }
    if (this.losesAnswers) return Promise.reject(offline())
    const shown = [...this.lines].filter(([, one]) => one.quantity !== '0')
    return Promise.resolve(
      cart(
        'c',
        this.revision,
        shown.map(([sku, one]) => line(sku, 'case', one.quantity)),
      ),
    )
  }
}

function setUp() {
  const server = new Server()
  const timers: { milliseconds: number; action: () => void }[] = []
  const refused: string[][] = []
  const kept = { journal: begin('device') as Journal }
  const courier = new Courier({
    load: () => kept.journal,
    save: journal => {
      kept.journal = journal
    },
    send: parcel => server.take(parcel),
    now: () => 0,
    later: (milliseconds, action) => void timers.push({ milliseconds, action }),
    refused: (_, skus) => void refused.push(skus),
  })
  const type = (sku: string, quantity: string) => {
    kept.journal = record(kept.journal, { sku, unit: 'case', quantity }, 0)
  }
  return { server, timers, refused, kept, courier, type }
}

const turns = () => new Promise(resolve => setTimeout(resolve))

describe('the courier', () => {
  it('gathers what is typed quickly into one parcel', async () => {
    const { server, timers, courier, type, kept } = setUp()
    for (const quantity of ['1', '12', '120']) {
      type('A', quantity)
      courier.nudge()
    }
    type('B', '1')
    courier.nudge()
    expect(timers).toHaveLength(1)
    timers[0]?.action()
    await turns()
    expect(server.sent.map(parcel => parcel.changes.map(one => one.quantity))).toEqual([['120', '1']])
    expect(kept.journal.pending).toEqual([])
  })

  it('keeps everything in a dead spot and sends it later, with longer and longer pauses', async () => {
    const { server, timers, courier, type, kept } = setUp()
    server.fault = offline
    type('A', '3')
    expect(await courier.flush()).toBe(false)
    timers[0]?.action()
    await turns()
    timers[1]?.action()
    await turns()
    expect(timers.map(one => one.milliseconds)).toEqual([2000, 4000, 8000])
    expect(kept.journal.pending).toHaveLength(1)
    server.fault = () => null
    type('B', '1')
    expect(await courier.flush()).toBe(true)
    expect(Object.fromEntries([...server.lines].map(([sku, one]) => [sku, one.quantity]))).toEqual({ A: '3', B: '1' })
  })

  it('sends again what lost its answer, and the server does it once', async () => {
    const { server, courier, type, kept } = setUp()
    server.losesAnswers = true
    type('A', '3')
    expect(await courier.flush()).toBe(false)
    server.losesAnswers = false
    expect(await courier.flush()).toBe(true)
    expect(server.sent).toHaveLength(2)
    expect(server.sent[1]?.changes).toEqual(server.sent[0]?.changes)
    expect(server.revision).toBe(1)
    expect(kept.journal.cart?.lines.map(one => one.quantity)).toEqual(['3'])
  })

  it('carries one parcel at a time, however often it is asked', async () => {
    const { server, courier, type } = setUp()
    type('A', '3')
    await Promise.all([courier.flush(), courier.flush(), courier.flush()])
    expect(server.sent).toHaveLength(1)
  })

  it('takes along what was typed while a parcel was under way', async () => {
    const { server, courier, type, kept } = setUp()
    type('A', '1')
    const going = courier.flush()
    type('A', '2')
    await going
    expect(server.sent.map(parcel => parcel.changes[0]?.quantity)).toEqual(['1', '2'])
    expect(kept.journal.pending).toEqual([])
  })

  it('finds the one change the server will never take, and sets aside only that', async () => {
    const { server, refused, courier, type, kept } = setUp()
    server.fault = parcel => (parcel.changes.some(one => one.sku === 'BAD') ? refusal(422, 'unprintable') : null)
    for (const sku of ['A', 'BAD', 'C']) type(sku, '1')
    expect(await courier.flush()).toBe(true)
    expect(refused).toEqual([['BAD']])
    expect([...server.lines.keys()]).toEqual(['A', 'C'])
    expect(kept.journal.pending).toEqual([])
  })

  it('waits for somebody to sign in again, and loses nothing', async () => {
    const { server, refused, courier, type, kept } = setUp()
    server.fault = () => refusal(401, 'sign-in-first')
    type('A', '1')
    expect(await courier.flush()).toBe(false)
    expect(refused).toEqual([])
    expect(kept.journal.pending).toHaveLength(1)
  })
})
