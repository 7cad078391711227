import { formatDecimal, formatMoney, multiply } from '@dinghuo/api'
import { language, t } from '@/app/i18n'
import type { FactType, FactValue } from './types'

/** Facts whose number is a share: shown as per cent. */
const SHARES = /(discount|rate|margin_rate|share)$/
/** Facts whose number is money. */
const AMOUNTS =
  /(^margin|gross|net|amount|overrun|overdue|debt|exposure|room|limit|increase|decrease|billed|value|up|down)$/

/** Whether a fact says something out of the ordinary: names and what is nought stay behind. */
export function isNotable(value: FactValue, type: FactType | undefined): boolean {
  if (value === null || value === undefined || type === 'text' || type === 'texts') return false
  return typeof value === 'boolean' ? value : Number(value) !== 0
}

/** A fact as people read it. */
export function factText(name: string, value: FactValue, type: FactType | undefined, currency: string): string {
  if (value === null || value === undefined) return '—'
  if (typeof value === 'boolean') return t(value ? 'approvals.yes' : 'approvals.no')
  if (Array.isArray(value)) return value.join(language.value === 'zh' ? '、' : ', ') || '—'
  if (type === 'number' && SHARES.test(name)) return `${formatDecimal(multiply(String(value), 100), { most: 2 })}%`
  if (type === 'number' && AMOUNTS.test(name)) return formatMoney(String(value), currency)
  return type === 'number' || type === 'integer' ? formatDecimal(String(value)) : String(value)
}

export const labelIn = (word: { label: string; label_en: string | null }): string =>
  (language.value === 'en' && word.label_en) || word.label
