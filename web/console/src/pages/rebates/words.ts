/** How rebates are said. */

import { formatDecimal, formatMoney } from '@dinghuo/api'
import { t } from '@/app/i18n'
import type { Accrual, Measure, Tier } from './types'

/** What is measured: an amount, or a quantity in base units. */
export const measuredOf = (value: string, measure: Measure, currency: string) =>
  measure === 'quantity' ? formatDecimal(value) : formatMoney(value, currency)

/** What a tier grants: a percentage, or an amount for each unit. */
export const grantOf = (tier: Tier, measure: Measure, currency: string) =>
  measure === 'quantity'
    ? t('rebates.perUnit', { value: formatMoney(tier.value, currency) })
    : `${formatDecimal(tier.value)}%`

export const sayTier = (tier: Tier, measure: Measure, currency: string) =>
  measure === 'quantity'
    ? t('rebates.say.unit', { from: formatDecimal(tier.from), value: formatMoney(tier.value, currency) })
    : t('rebates.say.percent', { from: formatMoney(tier.from, currency), value: formatDecimal(tier.value) })

export const sayTiers = (steps: readonly Tier[], measure: Measure, currency: string) =>
  steps.map(step => sayTier(step, measure, currency)).join(' · ')

export const sayNext = (row: Pick<Accrual, 'next' | 'measure' | 'currency'>) =>
  row.next
    ? t('rebates.say.next', {
        missing: measuredOf(row.next.missing, row.measure, row.currency),
        value: grantOf(row.next, row.measure, row.currency),
      })
    : t('rebates.say.top')

export const spanOf = (row: { period_from: string; period_until: string }) =>
  `${row.period_from} – ${row.period_until}`
