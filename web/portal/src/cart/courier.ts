/** Carries what was typed to the server: one parcel at a time, again until it is answered, never out of order. */

import { ApiError } from '@dinghuo/api'
import type { Cart } from '@/api/types'
import { answered, type Batch, batch, type Journal, settled } from './journal'

export interface Surroundings {
  load(): Journal
  save(journal: Journal): void
  send(parcel: Batch): Promise<Cart>
  now(): number
  later(milliseconds: number, action: () => void): void
  /** A change the server will never take, and why: it was set aside so that the others can go on. */
  refused(error: ApiError, skus: string[]): void
}

/** Long enough to gather the digits of one number. */
const GATHER = 350
const LONGEST = 30_000

export class Courier {
  private underway: Promise<void> | null = null
  private failures = 0
  private isDue = false

  constructor(private readonly surroundings: Surroundings) {}

  /** Something was typed. */
  nudge(): void {
    this.due(GATHER)
  }

  /** Send now: there is a network again, or an order is about to be placed. Resolves whether nothing is left. */
  async flush(): Promise<boolean> {
    this.failures = 0
    await this.carry()
    return this.surroundings.load().pending.length === 0
  }

  private due(milliseconds: number): void {
    if (this.isDue) return
    this.isDue = true
    this.surroundings.later(milliseconds, () => {
      this.isDue = false
      void this.carry()
    })
  }

  private carry(): Promise<void> {
    this.underway ??= this.carryAll().finally(() => {
      this.underway = null
    })
    return this.underway
  }

  private async carryAll(): Promise<void> {
    let most = Number.POSITIVE_INFINITY
    for (;;) {
      const parcel = cut(batch(this.surroundings.load(), this.surroundings.now()), most)
      if (!parcel) return
      const outcome = await this.deliver(parcel)
      if (outcome === 'later') return
      // One bad change must not hold up the good ones: they go one by one until it is found.
      most = outcome === 'refused' ? 1 : most
    }
  }

  private async deliver(parcel: Batch): Promise<'taken' | 'refused' | 'later'> {
    const { load, save } = this.surroundings
    const sent = parcel.changes.map(change => change.seq)
    try {
      const cart = await this.surroundings.send(parcel)
      save(answered(load(), cart, sent))
      this.failures = 0
      return 'taken'
    } catch (error) {
      if (!(error instanceof ApiError)) throw error
      if (error.isPassing || error.status === 401) {
        this.again(error.retryAfter)
        return 'later'
      }
      if (sent.length > 1) return 'refused'
      save(settled(load(), sent))
      this.surroundings.refused(
        error,
        parcel.changes.map(change => change.sku),
      )
      return 'refused'
    }
  }

  private again(seconds: number | null): void {
    this.failures += 1
    this.due(seconds ? seconds * 1000 : Math.min(LONGEST, 1000 * 2 ** this.failures))
  }
}

function cut(parcel: Batch | null, most: number): Batch | null {
  return parcel && { ...parcel, changes: parcel.changes.slice(0, most) }
}
