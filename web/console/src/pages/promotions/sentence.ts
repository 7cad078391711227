/** What a promotion does, in words. Only words: what it comes to, the server says. */

import { compare, formatDecimal, formatMoney, formatPrice, isDecimal, subtract, unitFor } from '@dinghuo/api'
import { language, t } from '@/app/i18n'
import { unitName } from '@/app/units'
import { nameIn } from '@/composables/useWordLists'
import type { Item, Step, Terms } from './types'

const MOST_NAMED = 4
const sound = (value: string | null) => value !== null && isDecimal(value)
const list = (names: readonly string[], joint = t('promotions.say.and')) => names.join(joint)

function named(names: readonly string[]): string {
  if (names.length <= MOST_NAMED) return list(names)
  return t('promotions.say.more', { names: list(names.slice(0, MOST_NAMED)), n: names.length - MOST_NAMED })
}

/** For whom. */
export function whomOf({ audience, first_order_only, coupon_required }: Terms): string {
  const kinds = ['tier', 'region', 'channel', 'customer'] as const
  const parts = kinds
    .map(kind => audience.filter(member => member.kind === kind).map(nameIn))
    .filter(names => names.length)
    .map(named)
  const who = parts.length
    ? t('promotions.say.for', { who: list(parts, t('promotions.say.also')) })
    : t('promotions.say.everyone')
  return [who, first_order_only ? t('promotions.say.first') : '', coupon_required ? t('promotions.say.coupon') : '']
    .filter(Boolean)
    .join(t('promotions.say.comma'))
}

/** Of which goods. */
export function goodsOf({ items, kind }: Terms): string {
  if (kind === 'fixed_price' || kind === 'bundle') return ''
  return items.length ? named(items.map(nameIn)) : t('promotions.say.all')
}

const money = (terms: Terms, value: string) => formatMoney(value, terms.currency)

function reachOf(terms: Terms, step: Step): string {
  if (!sound(step.from) || compare(step.from, 0) === 0) return ''
  const from =
    terms.measure === 'quantity'
      ? t('promotions.say.units', { n: formatDecimal(step.from) })
      : money(terms, step.from)
  return t(terms.repeats ? 'promotions.say.everyReach' : 'promotions.say.reach', { from })
}

function percentOf(value: string): string {
  if (language.value === 'en') return t('promotions.say.percent', { value: formatDecimal(value) })
  // Nine tenths are 9 折, and 8.5 tenths 8.5 折.
  const tenths = formatDecimal(subtract('10', `${Number(value) / 10}`), { most: 2 })
  return t('promotions.say.percent', { value: tenths })
}

function granted(terms: Terms, step: Step): string {
  if (!sound(step.value)) return '…'
  if (terms.kind === 'percent') return percentOf(step.value)
  if (terms.kind === 'amount_off') return t('promotions.say.amountOff', { value: money(terms, step.value) })
  if (terms.kind === 'spend_save') return t('promotions.say.save', { value: money(terms, step.value) })
  const gift = terms.gift
  const n = formatDecimal(step.value)
  return gift
    ? t('promotions.say.gift', { n, unit: unitFor(step.value, unitName(gift.unit)), name: nameIn(gift) })
    : t('promotions.say.same', { n })
}

function partOf(item: Item): string {
  const quantity = sound(item.quantity) ? formatDecimal(item.quantity ?? '0') : '…'
  return t('promotions.say.part', {
    name: nameIn(item),
    n: quantity,
    unit: unitFor(item.quantity ?? '', unitName(item.unit)),
  })
}

/** What is granted. */
export function grantOf(terms: Terms): string {
  if (terms.kind === 'fixed_price') {
    const prices = terms.items.map(item =>
      sound(item.price)
        ? `${nameIn(item)} ${formatPrice(item.price ?? '0', terms.currency, item.unit ? unitName(item.unit) : undefined)}`
        : `${nameIn(item)} …`,
    )
    return prices.length ? t('promotions.say.special', { prices: named(prices) }) : t('promotions.say.noGoods')
  }
  if (terms.kind === 'bundle') {
    if (!terms.items.length) return t('promotions.say.noGoods')
    const price = sound(terms.bundle_price) ? money(terms, terms.bundle_price ?? '0') : '…'
    return t('promotions.say.bundle', { parts: list(terms.items.map(partOf), ' + '), price })
  }
  const together = t(terms.kind === 'buy_get' && !terms.gift ? 'promotions.say.each' : 'promotions.say.together')
  const steps = terms.steps.map(step => `${reachOf(terms, step)}${granted(terms, step)}`)
  const isPlain = terms.steps.every(step => sound(step.from) && compare(step.from, 0) === 0)
  return `${isPlain ? '' : together}${steps.join(t('promotions.say.semicolon'))}`
}

/** How far it goes, and what it goes together with. */
export function limitsOf(terms: Terms): string[] {
  const found: string[] = []
  const say = (key: string, value: string | number | null, shown: (value: string) => string) => {
    if (value !== null && value !== '' && isDecimal(String(value)))
      found.push(t(`promotions.say.${key}`, { n: shown(String(value)) }))
  }
  say('budget', terms.budget, value => money(terms, value))
  say('uses', terms.uses, formatDecimal)
  say('customerBudget', terms.customer_budget, value => money(terms, value))
  if (!terms.first_order_only) say('customerUses', terms.customer_uses, formatDecimal)
  if (!terms.stackable) found.push(t('promotions.say.alone'))
  else if (terms.exclusion_group) found.push(t('promotions.say.group', { group: terms.exclusion_group }))
  else found.push(t('promotions.say.stacks'))
  return found
}

/** All of it as one sentence. */
export function sentenceOf(terms: Terms): string {
  const goods = goodsOf(terms)
  const grants = goods ? t('promotions.say.goodsGrant', { goods, grant: grantOf(terms) }) : grantOf(terms)
  return t('promotions.say.whole', { who: whomOf(terms), grants })
}
