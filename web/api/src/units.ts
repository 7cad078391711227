/** Units of a SKU: one of a unit is numerator / denominator base units, exactly. */

import { compare, type Decimal, divide, formatDecimal, isDecimal, isZero, multiply, subtract, trim } from './decimal'

export interface Unit {
  unit: string
  numerator: number
  denominator: number
}

export function toBase(quantity: Decimal, unit: Unit): Decimal {
  return trim(divide(multiply(quantity, unit.numerator), unit.denominator))
}

/** What a quantity in base units is in this unit; up to six places. */
export function fromBase(quantity: Decimal, unit: Unit): Decimal {
  return trim(divide(multiply(quantity, unit.denominator), unit.numerator))
}

/** Units that are the same however many there are. */
const UNCOUNTED = new Set('kg g mg t lb oz l ml cl m cm mm km m2 m3 pcs pc dozen gross'.split(' '))

/** The name of a unit beside a quantity: `1 case`, `2 cases`; names that are not English words stay as they are. */
export function unitFor(quantity: Decimal, name: string): string {
  const isWord = /^[a-z]+( [a-z]+)*$/i.test(name) && !UNCOUNTED.has(name.toLowerCase())
  if (!isWord || !isDecimal(quantity) || compare(quantity, 1) === 0 || compare(quantity, -1) === 0) return name
  if (/(s|x|z|ch|sh)$/i.test(name)) return `${name}es`
  return /[^aeiou]y$/i.test(name) ? `${name.slice(0, -1)}ies` : `${name}s`
}

/** `12 箱` */
export function formatQuantity(quantity: Decimal, unit?: string): string {
  return unit ? `${formatDecimal(quantity)} ${unitFor(quantity, unit)}` : formatDecimal(quantity)
}

/** A quantity in base units as people say it, whole large units first: 155 瓶 by cases of 24 is `6 箱 11 瓶`. */
export function formatMixed(quantity: Decimal, large: Unit, base: string): string {
  if (compare(quantity, 0) < 0) return `-${formatMixed(subtract('0', quantity), large, base)}`
  const whole = divide(multiply(quantity, large.denominator), large.numerator, 12).split('.')[0] ?? '0'
  const rest = trim(subtract(quantity, toBase(whole, large)))
  if (isZero(whole)) return formatQuantity(rest, base)
  const shown = formatQuantity(whole, large.unit)
  return isZero(rest) ? shown : `${shown} ${formatQuantity(rest, base)}`
}

/** The next quantity at or above this one that minimum and multiple allow; all in the same unit. */
export function nextAllowed(quantity: Decimal, minimum: Decimal, multiple: Decimal): Decimal {
  const wanted = compare(quantity, minimum) < 0 ? minimum : quantity
  if (isZero(multiple)) return trim(wanted)
  const [whole = '0'] = divide(wanted, multiple, 12).split('.')
  const below = multiply(whole, multiple)
  return trim(compare(below, wanted) === 0 ? below : multiply(String(BigInt(whole) + BigInt(1)), multiple))
}
