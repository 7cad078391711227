import { language, t } from '@/app/i18n'
import { nameIn } from '@/composables/useWordLists'
import type { Target } from './types'

const nameOf = (target?: Target) => nameIn({ name: target?.name ?? target?.code ?? '', name_en: target?.name_en })

/** Whom it is for, in a few words. */
export function useAudienceText() {
  function audienceText(of: { audience: readonly Target[]; hidden_customers?: number }): string {
    if (of.audience.some(target => target.kind === 'everyone')) return t('notices.everyone')
    const groups = of.audience.filter(target => target.kind !== 'customer').map(target => nameOf(target))
    const customers = of.audience.filter(target => target.kind === 'customer')
    const count = customers.length + (of.hidden_customers ?? 0)
    const only = customers.length === 1 && count === 1 ? nameOf(customers[0]) : ''
    return [...groups, ...(only ? [only] : count ? [t('notices.customersN', { n: count })] : [])].join(
      language.value === 'zh' ? '、' : ', ',
    )
  }
  return { audienceText }
}
