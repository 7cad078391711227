/** What a promotion says of itself on a card: short, as malls do. What it grants, the server works out. */

import { divide, isZero, subtract, trim } from '@dinghuo/api'
import type { Next, PromotionOffer } from '@/api/types'
import { language, t } from '@/i18n'
import { amount, money, named } from '@/shown'

export function promotionLabel(one: PromotionOffer): string {
  const step = one.steps[0]
  if (!step) return t(`promo.${one.kind}`)
  const value = trim(step.value)
  const from = one.measure === 'amount' ? money(trim(step.from)) : trim(step.from)
  if (one.kind === 'percent') return percentLabel(value)
  const text = t(`promo.${one.kind}`, { from, value: one.kind === 'buy_get' ? value : money(value) })
  return one.repeats ? t('promo.repeats', { text }) : text
}

/** 15 per cent off is 8.5 tenths in Chinese. */
function percentLabel(percent: string): string {
  return language.value === 'en'
    ? t('promo.percentOff', { percent })
    : t('promo.tenths', { tenths: trim(divide(subtract('100', percent), '10', 2)) })
}

/** How much is missing until a promotion grants something. */
export function nextLabel(one: Next, currency: string): string {
  const missing = one.measure === 'amount' ? money(one.missing, currency) : amount(one.missing)
  return t(one.measure === 'amount' ? 'promo.nextMoney' : 'promo.nextCount', { missing, name: named(one) })
}

export function isSaving(saved: string | null | undefined): saved is string {
  return saved !== null && saved !== undefined && !isZero(saved)
}
