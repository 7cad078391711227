import { add, compare, isDecimal, subtract, trim } from '@dinghuo/api'

/** One more or one less; never below none. */
export function stepped(quantity: string, by: 1 | -1): string {
  if (!isDecimal(quantity)) return by > 0 ? '1' : ''
  const next = by > 0 ? add(quantity, 1) : subtract(quantity, 1)
  return compare(next, 0) < 0 ? '0' : trim(next)
}
