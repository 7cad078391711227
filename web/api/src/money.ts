/** Money as people read it: always with its currency, prices always with their unit. */

import { type Decimal, formatDecimal, isNegative, subtract } from './decimal'

const SIGNS: Record<string, string> = { CNY: '¥', USD: 'US$', EUR: '€', GBP: '£', HKD: 'HK$', JPY: 'JP¥' }
const PLACES: Record<string, number> = { JPY: 0 }

export function minorPlaces(currency: string): number {
  return PLACES[currency] ?? 2
}

/** An amount: `¥1,234.50`, `-¥3.00`. */
export function formatMoney(amount: Decimal, currency: string): string {
  const places = minorPlaces(currency)
  return signed(amount, currency, value => formatDecimal(value, { least: places, most: places }))
}

/** A price for one of a unit, with as many places as it has, two at least: `¥28.50/箱`, `¥0.833333/瓶`. */
export function formatPrice(price: Decimal, currency: string, unit?: string): string {
  const least = minorPlaces(currency)
  const shown = signed(price, currency, value => formatDecimal(value, { least, most: 6 }))
  return unit ? `${shown}/${unit}` : shown
}

/** A large amount, short: `¥12.3万`, `¥1.2亿`, in English `¥123K`, `¥1.2M`. For charts and tiles; never where exactness counts. */
export function formatMoneyShort(amount: Decimal, currency: string, language: 'zh' | 'en'): string {
  const value = Number(amount)
  const steps: [number, string][] =
    language === 'zh'
      ? [
          [1e8, '亿'],
          [1e4, '万'],
        ]
      : [
          [1e9, 'B'],
          [1e6, 'M'],
          [1e3, 'K'],
        ]
  const step = steps.find(([size]) => Math.abs(value) >= size)
  if (!step) return formatMoney(String(Math.round(value * 100) / 100), currency)
  const scaled = value / step[0]
  const shown = Math.abs(scaled) >= 100 ? scaled.toFixed(0) : scaled.toFixed(1).replace(/\.0$/, '')
  return signed(shown, currency, number => formatDecimal(number)) + step[1]
}

function signed(amount: Decimal, currency: string, show: (value: Decimal) => string): string {
  const sign = SIGNS[currency] ?? `${currency} `
  return isNegative(amount) ? `-${sign}${show(subtract('0', amount))}` : `${sign}${show(amount)}`
}
