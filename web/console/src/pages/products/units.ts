/** What units and quantities of a SKU are called. Pure. */

import { formatDecimal, type Unit } from '@dinghuo/api'

export type Ratio = Unit

/** `1 箱 = 24 瓶`; where a base unit is the larger one, `5 斤 = 2 公斤`. */
export function ratioOf(unit: Ratio, base: string, nameOf: (code: string) => string): string {
  return `${formatDecimal(unit.denominator)} ${nameOf(unit.unit)} = ${formatDecimal(unit.numerator)} ${nameOf(base)}`
}

/** `0.130000` is `13%`; null is exempt. */
export function percent(rate: string | null): string | null {
  if (rate === null) return null
  const [whole = '0', fraction = ''] = rate.split('.')
  const digits = `${whole}${fraction.padEnd(2, '0')}`
  const at = whole.length + 2
  const shifted = `${digits.slice(0, at)}.${digits.slice(at)}`
  return `${formatDecimal(shifted)}%`
}

/** `13` typed as percent is `0.13` to the server; null where it is no number. */
export function rateOf(typed: string): string | null {
  const plain = typed
    .trim()
    .replace(/[%％]$/, '')
    .trim()
  if (!/^\d+(\.\d+)?$/.test(plain)) return null
  const [whole = '0', fraction = ''] = plain.split('.')
  const digits = `${whole.padStart(3, '0')}${fraction}`
  const at = digits.length - fraction.length - 2
  const rate = `${digits.slice(0, at)}.${digits.slice(at)}`.replace(/^0+(?=\d)/, '')
  return rate.replace(/0+$/, '').replace(/\.$/, '') || '0'
}
