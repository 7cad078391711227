import { dayOf, divide, multiply, type OrderRuleView, tidy, trim } from '@dinghuo/api'
import { currency, zone } from '@/app/session'
import { everybody, type TargetForm, targetBody, targetOf } from './target'

export type RuleKind = 'minimum' | 'freight' | 'delivery'
export type Basis = 'flat' | 'amount' | 'quantity' | 'weight'

export interface RuleForm extends TargetForm {
  code: string
  name: string
  name_en: string
  kind: RuleKind
  currency: string
  valid_from: string
  valid_until: string
  active: boolean
  amount: string
  quantity: string
  basis: Basis
  charge: string
  steps: { from: string; charge: string }[]
  first_kg: string
  each_kg: string
  each_charge: string
  free_from: string
  tax_rate: string
  tax_inclusive: boolean
  cut_off: string
  lead_days: number
  calendar: string
}

export const blankRule = (kind: RuleKind): RuleForm => ({
  ...everybody(),
  code: '',
  name: '',
  name_en: '',
  kind,
  currency: currency.value,
  valid_from: dayOf(Date.now(), zone.value),
  valid_until: '',
  active: true,
  amount: '',
  quantity: '',
  basis: 'flat',
  charge: '',
  steps: [{ from: '0', charge: '' }],
  first_kg: '',
  each_kg: '',
  each_charge: '',
  free_from: '',
  tax_rate: '9',
  tax_inclusive: true,
  cut_off: '',
  lead_days: 1,
  calendar: '',
})

const text = (value: string | null | undefined) => (value ? trim(value) : '')

export function ruleForm(rule: OrderRuleView): RuleForm {
  const { minimum, freight, delivery } = rule
  return {
    ...blankRule(rule.kind as RuleKind),
    ...targetOf(rule),
    code: rule.code,
    name: rule.name,
    name_en: rule.name_en ?? '',
    currency: rule.currency,
    valid_from: rule.valid_from,
    valid_until: rule.valid_until ?? '',
    active: rule.active,
    amount: text(minimum?.amount),
    quantity: text(minimum?.quantity),
    basis: (freight?.basis ?? 'flat') as Basis,
    charge: text(freight?.charge),
    steps: (freight?.steps ?? []).map(step => ({ from: trim(step.from), charge: trim(step.charge) })),
    first_kg: text(freight?.first_kg),
    each_kg: text(freight?.each_kg),
    each_charge: text(freight?.each_charge),
    free_from: text(freight?.free_from),
    tax_rate: freight?.tax_rate ? trim(multiply(freight.tax_rate, 100)) : '',
    tax_inclusive: freight?.tax_inclusive ?? true,
    cut_off: delivery?.cut_off ?? '',
    lead_days: delivery?.lead_days ?? 0,
    calendar: delivery?.calendar ?? '',
  }
}

/** What was typed, as a number where it is one: what is none the server says. */
const number = (typed: string) => (typed.trim() ? (tidy(typed) ?? typed) : null)

export function ruleBody(form: RuleForm): object {
  const { code, name, kind, currency: money, valid_from, active } = form
  const terms = { minimum: minimumBody, freight: freightBody, delivery: deliveryBody }[kind]
  return {
    ...targetBody(form),
    code: code.trim(),
    name: name.trim(),
    name_en: form.name_en.trim() || null,
    kind,
    currency: money,
    valid_from,
    valid_until: form.valid_until || null,
    active,
    [kind]: terms(form),
  }
}

const minimumBody = (form: RuleForm): object => ({ amount: number(form.amount), quantity: number(form.quantity) })

const deliveryBody = (form: RuleForm): object => ({
  cut_off: form.cut_off || null,
  lead_days: form.lead_days,
  calendar: form.calendar || null,
})

function freightBody(form: RuleForm): object {
  const rate = number(form.tax_rate)
  const common = {
    basis: form.basis,
    free_from: number(form.free_from),
    tax_rate: rate === null || tidy(form.tax_rate) === null ? rate : divide(rate, 100, 4),
    tax_inclusive: form.tax_inclusive,
  }
  if (form.basis === 'flat') return { ...common, charge: number(form.charge) }
  if (form.basis === 'weight') {
    const more = { first_kg: number(form.first_kg), each_kg: number(form.each_kg) }
    return { ...common, ...more, charge: number(form.charge), each_charge: number(form.each_charge) }
  }
  const steps = form.steps
    .filter(step => step.from.trim() || step.charge.trim())
    .map(step => ({ from: number(step.from) ?? '0', charge: number(step.charge) ?? '0' }))
  return { ...common, steps }
}
