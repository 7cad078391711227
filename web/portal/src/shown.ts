/** How things are written here: in the chosen language, the company's currency and time zone. */

import * as api from '@dinghuo/api'
import type { UnitChoice } from '@/api/types'
import { language, t } from '@/i18n'
import { currency, zone } from '@/session/session'
import { units } from '@/units'

export function named(one: { name?: string | null; name_en?: string | null }): string {
  return (language.value === 'en' && one.name_en) || one.name || ''
}

export function unitNamed(unit: string, choices: readonly UnitChoice[] = []): string {
  const found = choices.find(one => one.unit === unit) ?? units.value.find(one => one.unit === unit)
  return found ? named(found) : unit
}

export function money(amount: string | null | undefined, of: string = currency.value): string {
  return amount === null || amount === undefined ? '—' : api.formatMoney(amount, of)
}

export function price(amount: string, unit?: string, of: string = currency.value): string {
  return api.formatPrice(amount, of, unit)
}

/** `12 箱` */
export function amount(quantity: string | null | undefined, unit = ''): string {
  if (quantity === null || quantity === undefined) return '—'
  return api.isDecimal(quantity) ? api.formatQuantity(quantity, unit) : `${quantity} ${unit}`
}

export function moment(at: string): string {
  return api.formatMoment(at, zone.value)
}

export function ago(at: string): string {
  return api.formatRelative(at, zone.value, language.value)
}

/** As many days ago, as people say it; long ago, the day. */
export function since(at: string): string {
  const days = api.daysBetween(api.dayOf(at, zone.value), today())
  if (days < 2) return t(days < 1 ? 'when.today' : 'when.yesterday')
  return days < 31 ? t('when.days', { count: days }) : day(at)
}

export function day(at: string): string {
  return at.length > 10 ? api.dayOf(at, zone.value) : at
}

export function today(): string {
  return api.dayOf(Date.now(), zone.value)
}

export function taxMode(isInclusive: boolean | null | undefined): string {
  return isInclusive === null || isInclusive === undefined
    ? ''
    : t(isInclusive ? 'price.withTax' : 'price.withoutTax')
}

export function size(bytes: number): string {
  return bytes < 1_000_000 ? `${Math.max(1, Math.round(bytes / 1000))} KB` : `${(bytes / 1_000_000).toFixed(1)} MB`
}

/** Where the goods go, on one line. */
export function place(to: {
  province?: string | null
  city?: string | null
  district?: string | null
  street: string
}): string {
  const region = to.province === to.city ? [to.city, to.district] : [to.province, to.city, to.district]
  return [...region, to.street].filter(Boolean).join(language.value === 'en' ? ', ' : ' ')
}

/** What somebody typed, from an event of a browser or of the mini-program. */
export function typed(event: unknown): string {
  const { detail, target } = event as { detail?: { value?: string }; target?: { value?: string } }
  return detail?.value ?? target?.value ?? ''
}

/** A refusal as people read it: what happened and what to do. */
export function explain(error: unknown): string {
  if (!(error instanceof api.ApiError)) return t('error.broken')
  if (error.isUnreachable) return t('error.unreachable')
  const said = error.faults.map(fault => fault.message)
  return said.length ? said.slice(0, 3).join('\n') : error.problem.title
}
