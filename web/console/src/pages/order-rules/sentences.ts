/** What a rule says, as a manager would say it. */

import { formatDecimal, formatMoney, type OrderRuleView, type RouteView } from '@dinghuo/api'
import { language, t } from '@/app/i18n'

type Rule = Pick<OrderRuleView, 'kind' | 'currency' | 'minimum' | 'freight' | 'delivery'>

const JOINT = { zh: '；', en: '; ' } as const
const joined = (parts: string[]) => parts.filter(Boolean).join(JOINT[language.value])

export function sentenceOf(rule: Rule, calendarName: (code: string) => string = code => code): string {
  if (rule.minimum) return minimumSaid(rule)
  if (rule.freight) return freightSaid(rule)
  if (rule.delivery) return deliverySaid(rule, calendarName)
  return t(rule.kind === 'freight' ? 'order-rules.freight.none' : 'order-rules.minimumHidden')
}

function minimumSaid({ minimum, currency }: Rule): string {
  const parts = [
    minimum?.amount ? formatMoney(minimum.amount, currency) : '',
    minimum?.quantity ? t('order-rules.pieces', { n: formatDecimal(minimum.quantity) }) : '',
  ].filter(Boolean)
  return parts.length
    ? t('order-rules.minimum', { what: parts.join(t('order-rules.and')) })
    : t('order-rules.minimumHidden')
}

function freightSaid({ freight, currency }: Rule): string {
  if (!freight) return ''
  const money = (value: string | null | undefined) => (value ? formatMoney(value, currency) : '—')
  const free = freight.free_from ? t('order-rules.freight.free', { from: money(freight.free_from) }) : ''
  if (freight.basis === 'flat')
    return joined([t('order-rules.freight.flat', { charge: money(freight.charge) }), free])
  if (freight.basis === 'weight') {
    const said = t('order-rules.freight.weight', {
      charge: money(freight.charge),
      first: formatDecimal(freight.first_kg ?? '0'),
      each: formatDecimal(freight.each_kg ?? '0'),
      more: money(freight.each_charge),
    })
    return joined([said, free])
  }
  const steps = (freight.steps ?? []).map(step => {
    const charge = money(step.charge)
    if (Number(step.from) === 0) return t('order-rules.freight.first', { charge })
    return freight.basis === 'quantity'
      ? t('order-rules.freight.fromQuantity', { from: formatDecimal(step.from), charge })
      : t('order-rules.freight.from', { from: money(step.from), charge })
  })
  return joined([...steps, free])
}

function deliverySaid({ delivery }: Rule, calendarName: (code: string) => string): string {
  if (!delivery) return ''
  const { cut_off: cutOff, lead_days: lead, calendar } = delivery
  return joined([
    cutOff ? t('order-rules.delivery.cutOff', { time: cutOff }) : t('order-rules.delivery.noCutOff'),
    lead ? t('order-rules.delivery.lead', { n: lead }) : t('order-rules.delivery.noLead'),
    calendar ? t('order-rules.delivery.calendar', { name: calendarName(calendar) }) : '',
  ])
}

/** On which days a route is driven. */
export function drivenOn(route: Pick<RouteView, 'weekdays'>): string {
  if ([1, 2, 3, 4, 5].every(day => route.weekdays.includes(day)) && route.weekdays.length === 5)
    return t('order-rules.drivenDaily')
  const days = route.weekdays.map(day => t(`order-rules.weekday.${day}`)).join(language.value === 'zh' ? '、' : ', ')
  return t('order-rules.driven', { days })
}
