import { language, t } from '@/app/i18n'
import type { Target } from './types'

/** Whom it is for, in a few words. */
export function useAudienceText() {
  function audienceText(of: { audience: readonly Target[]; hidden_customers?: number }): string {
    if (of.audience.some(target => target.kind === 'everyone')) return t('notices.everyone')
    const groups = of.audience
      .filter(target => target.kind !== 'customer')
      .map(target => target.name ?? target.code ?? '')
    const customers = of.audience.filter(target => target.kind === 'customer')
    const count = customers.length + (of.hidden_customers ?? 0)
    const only = customers.length === 1 && count === 1 ? (customers[0]?.name ?? customers[0]?.code ?? '') : ''
    return [...groups, ...(only ? [only] : count ? [t('notices.customersN', { n: count })] : [])].join(
      language.value === 'zh' ? '、' : ', ',
    )
  }
  return { audienceText }
}
