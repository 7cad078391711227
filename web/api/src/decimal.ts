/**
 * Exact decimals as the server sends them: text. Never binary floating point.
 *
 * Only what a screen needs to add up what it shows; what something costs, the server says.
 */

/** A number as text: `-12.50`. */
export type Decimal = string

interface Parts {
  /** All digits without the point. */
  whole: bigint
  /** How many of them stand behind the point. */
  places: number
}

const FORM = /^([+-]?)(\d*)(?:\.(\d*))?$/
const TEN = BigInt(10)

function power(exponent: number): bigint {
  let result = BigInt(1)
  for (let i = 0; i < exponent; i += 1) result *= TEN
  return result
}

function parts(value: Decimal | number): Parts {
  const text = String(value).trim()
  const found = FORM.exec(text)
  if (!found || !(found[2] || found[3])) throw new RangeError(`not a decimal: ${text}`)
  const fraction = found[3] ?? ''
  const whole = BigInt(`${found[2] ?? ''}${fraction}` || '0')
  return { whole: found[1] === '-' ? -whole : whole, places: fraction.length }
}

function text({ whole, places }: Parts): Decimal {
  const negative = whole < BigInt(0)
  const digits = String(negative ? -whole : whole).padStart(places + 1, '0')
  const cut = digits.length - places
  const body = places ? `${digits.slice(0, cut)}.${digits.slice(cut)}` : digits
  return negative ? `-${body}` : body
}

function aligned(a: Decimal | number, b: Decimal | number): [bigint, bigint, number] {
  const left = parts(a)
  const right = parts(b)
  const places = Math.max(left.places, right.places)
  return [left.whole * power(places - left.places), right.whole * power(places - right.places), places]
}

/** Whether a person's input is a plain decimal; full-width digits and group commas were removed by `tidy`. */
export function isDecimal(value: string): boolean {
  const found = FORM.exec(value.trim())
  return !!found && !!(found[2] || found[3])
}

/** What somebody typed or pasted, as a decimal: `１，２３４．５` and `¥1,234.5` become `1234.5`; null when it is none. */
export function tidy(input: string): Decimal | null {
  const plain = input
    .replace(/[０-９]/g, digit => String.fromCharCode(digit.charCodeAt(0) - 0xfee0))
    .replace(/．/g, '.')
    .replace(/[，,\s¥￥$€£]/g, '')
    .replace(/^－/, '-')
  return isDecimal(plain) ? trim(plain) : null
}

/** Without superfluous zeros: `01.50` is `1.5`. */
export function trim(value: Decimal): Decimal {
  const { whole, places } = parts(value)
  const plain = text({ whole, places })
  return plain.includes('.') ? plain.replace(/\.?0+$/, '') : plain
}

export function add(a: Decimal | number, b: Decimal | number): Decimal {
  const [left, right, places] = aligned(a, b)
  return text({ whole: left + right, places })
}

export function subtract(a: Decimal | number, b: Decimal | number): Decimal {
  const [left, right, places] = aligned(a, b)
  return text({ whole: left - right, places })
}

export function sum(values: Iterable<Decimal>): Decimal {
  let total = '0'
  for (const value of values) total = add(total, value)
  return total
}

export function multiply(a: Decimal | number, b: Decimal | number): Decimal {
  const left = parts(a)
  const right = parts(b)
  return text({ whole: left.whole * right.whole, places: left.places + right.places })
}

/** `a / b`, rounded half up to so many places. */
export function divide(a: Decimal | number, b: Decimal | number, places = 6): Decimal {
  const left = parts(a)
  const right = parts(b)
  if (right.whole === BigInt(0)) throw new RangeError('division by zero')
  const exponent = places + right.places - left.places
  const scaled = exponent >= 0 ? left.whole * power(exponent) : left.whole
  const by = exponent >= 0 ? right.whole : right.whole * power(-exponent)
  return text({ whole: halfUp(scaled, by), places })
}

/** Half up, away from zero: 2.345 → 2.35, -2.345 → -2.35. */
export function round(value: Decimal | number, places: number): Decimal {
  const { whole, places: has } = parts(value)
  if (has <= places) return text({ whole: whole * power(places - has), places })
  return text({ whole: halfUp(whole, power(has - places)), places })
}

function halfUp(amount: bigint, by: bigint): bigint {
  const zero = BigInt(0)
  const negative = amount < zero !== by < zero
  const top = amount < zero ? -amount : amount
  const bottom = by < zero ? -by : by
  const result = (top * BigInt(2) + bottom) / (bottom * BigInt(2))
  return negative ? -result : result
}

/** Below, at or above zero as `a` is less than, equal to or more than `b`. */
export function compare(a: Decimal | number, b: Decimal | number): -1 | 0 | 1 {
  const [left, right] = aligned(a, b)
  return left < right ? -1 : left > right ? 1 : 0
}

export function isZero(value: Decimal | number): boolean {
  return parts(value).whole === BigInt(0)
}

export function isNegative(value: Decimal | number): boolean {
  return parts(value).whole < BigInt(0)
}

export interface Shown {
  /** At least so many places. */
  least?: number
  /** At most so many places, rounded half up. */
  most?: number
}

/** With commas by thousands: `1234567.5` is `1,234,567.5`. Without `Intl`, which some engines lack. */
export function formatDecimal(value: Decimal | number, { least = 0, most = 6 }: Shown = {}): string {
  const rounded = round(value, Math.max(least, most))
  const negative = rounded.startsWith('-')
  const [whole = '0', fraction = ''] = (negative ? rounded.slice(1) : rounded).split('.')
  let kept = fraction
  while (kept.length > least && kept.endsWith('0')) kept = kept.slice(0, -1)
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ',')
  const shown = kept ? `${grouped}.${kept}` : grouped
  return negative && /[1-9]/.test(shown) ? `-${shown}` : shown
}
