/** How a balance came about, from its moves. Pure. */

import { add, type Decimal, subtract } from '@dinghuo/api'

export interface Moved {
  at: string
  warehouse: string
  quantity: Decimal
}

export interface Point {
  at: string
  balance: Decimal
}

/**
 * The balance after each move, oldest first, counted back from what is there now: the moves may be only the latest
 * ones. The first point is what was there before them.
 */
export function balances(moves: readonly Moved[], onHand: Decimal): Point[] {
  const newestFirst = [...moves].sort((a, b) => (a.at < b.at ? 1 : a.at > b.at ? -1 : 0))
  const points: Point[] = []
  let balance = onHand
  for (const move of newestFirst) {
    points.push({ at: move.at, balance })
    balance = subtract(balance, move.quantity)
  }
  const first = newestFirst.at(-1)
  if (first) points.push({ at: first.at, balance })
  return points.reverse()
}

/** One line for each warehouse. */
export function linesOf(
  moves: readonly Moved[],
  onHand: ReadonlyMap<string, Decimal>,
): { warehouse: string; points: Point[] }[] {
  const names = new Set([...onHand.keys(), ...moves.map(move => move.warehouse)])
  return [...names].sort().map(warehouse => ({
    warehouse,
    points: balances(
      moves.filter(move => move.warehouse === warehouse),
      onHand.get(warehouse) ?? '0',
    ),
  }))
}

export const total = (values: Iterable<Decimal>): Decimal => {
  let sum: Decimal = '0'
  for (const value of values) sum = add(sum, value)
  return sum
}
