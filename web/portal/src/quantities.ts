/** Up and down by what the seller allows. What is allowed in the end, the server says. */

import { add, compare, type Decimal, isDecimal, isZero, subtract, trim } from '@dinghuo/api'

export function up(quantity: Decimal, minimum: Decimal, step: Decimal): Decimal {
  if (!isDecimal(quantity) || compare(quantity, minimum) < 0) return trim(minimum)
  return trim(add(quantity, isZero(step) ? '1' : step))
}

/** Below the minimum there is nothing. */
export function down(quantity: Decimal, minimum: Decimal, step: Decimal): Decimal {
  if (!isDecimal(quantity)) return '0'
  const less = subtract(quantity, isZero(step) ? '1' : step)
  return compare(less, minimum) < 0 ? '0' : trim(less)
}

/** The price for one at this quantity, of breaks in ascending order. */
export function priceAt<T extends { from: Decimal }>(breaks: readonly T[], quantity: Decimal): T | null {
  let found: T | null = null
  for (const one of breaks) if (compare(quantity, one.from) >= 0) found = one
  return found ?? breaks[0] ?? null
}
