/** The form of an agreement, and what of it is sent. Pure. */

import type { Member } from '../promotions/types'
import type { Agreement, Goods, Measure, Method, Period, Tier } from './types'

export interface AgreementForm {
  code: string
  name: string
  name_en: string
  measure: Measure
  method: Method
  period: Period
  steps: Tier[]
  settle_as: 'credit' | 'goods'
  with_branches: boolean
  over_last_year: boolean
  currency: string
  valid_from: string
  valid_until: string
  active: boolean
  audience: Member[]
  items: Goods[]
}

export const blank = (currency: string, today: string): AgreementForm => ({
  code: '',
  name: '',
  name_en: '',
  measure: 'net',
  method: 'whole',
  period: 'quarter',
  steps: [{ from: '10000', value: '1' }],
  settle_as: 'credit',
  with_branches: false,
  over_last_year: false,
  currency,
  valid_from: `${today.slice(0, 7)}-01`,
  valid_until: '',
  active: true,
  audience: [],
  items: [],
})

export const formOf = (row: Agreement): AgreementForm => ({
  code: row.code,
  name: row.name,
  name_en: row.name_en ?? '',
  measure: row.measure,
  method: row.method,
  period: row.period,
  steps: row.steps,
  settle_as: row.settle_as,
  with_branches: row.with_branches,
  over_last_year: row.over_last_year,
  currency: row.currency,
  valid_from: row.valid_from,
  valid_until: row.valid_until ?? '',
  active: row.active,
  audience: row.audience,
  items: row.items,
})

const decimal = (value: string) => value.trim() || '0'

/** These fields of a form as the server takes them. */
export function bodyOf(form: AgreementForm, fields: Iterable<string>): Record<string, unknown> {
  const body: Record<string, unknown> = {}
  for (const field of fields as Iterable<keyof AgreementForm>) {
    if (field === 'code') continue
    if (field === 'audience') body.audience = form.audience.map(({ kind, code }) => ({ kind, code }))
    else if (field === 'items') body.items = form.items.map(({ kind, code, excluded }) => ({ kind, code, excluded }))
    else if (field === 'steps')
      body.steps = form.steps.map(step => ({ from: decimal(step.from), value: decimal(step.value) }))
    else if (field === 'name_en' || field === 'valid_until') body[field] = form[field].trim() || null
    else body[field] = form[field]
  }
  return body
}
