/** The picture of a credit account: what takes up how much of the limit. Pure. */

import { add, compare, type Decimal, divide, isNegative, multiply, subtract } from '@dinghuo/api'

export const BUCKETS = ['open', 'shipped', 'billed'] as const
export type Bucket = (typeof BUCKETS)[number]

export interface Account {
  credit_limit: Decimal | null
  open: Decimal
  shipped: Decimal
  billed: Decimal
  unapplied: Decimal
  exposure: Decimal
  room: Decimal | null
}

export interface Part {
  key: Bucket | 'room'
  amount: Decimal
  /** Of the whole bar, in percent. */
  share: number
}

export interface Picture {
  parts: Part[]
  /** Where the limit stands in the bar, in percent, when more is taken up than there is. */
  limitAt: number | null
  /** How much is above the limit. */
  over: Decimal | null
}

/** Parts of a bar as long as the limit, or as what is taken up where that is more. Receipts not applied lessen it. */
export function pictureOf(account: Account): Picture {
  const taken = BUCKETS.map(key => ({ key, amount: isNegative(account[key]) ? '0' : account[key] }))
  const sum = taken.reduce<Decimal>((total, part) => add(total, part.amount), '0')
  const limit = account.credit_limit
  const room = account.room !== null && compare(account.room, 0) > 0 ? account.room : '0'
  const whole = limit !== null && compare(add(sum, room), limit) <= 0 ? limit : add(sum, room)
  const share = (amount: Decimal) => (compare(whole, 0) > 0 ? Number(divide(multiply(amount, 100), whole, 2)) : 0)
  const parts: Part[] = taken
    .filter(part => compare(part.amount, 0) > 0)
    .map(part => ({ key: part.key, amount: part.amount, share: share(part.amount) }))
  if (compare(room, 0) > 0) parts.push({ key: 'room', amount: room, share: share(room) })
  const isOver = limit !== null && compare(account.exposure, limit) > 0
  return {
    parts,
    limitAt: isOver && limit !== null ? share(limit) : null,
    over: isOver && limit !== null ? subtract(account.exposure, limit) : null,
  }
}
