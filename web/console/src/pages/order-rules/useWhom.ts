import type { OrderRuleView, QuotaView } from '@dinghuo/api'
import { t } from '@/app/i18n'
import { nameIn, useWordList } from '@/composables/useWordLists'

type Targeted = Pick<OrderRuleView | QuotaView, 'customer' | 'tier' | 'region' | 'channel'>

/** Whom a rule or a quota is for, in words. */
export function useWhom() {
  const [tiers, regions, channels] = [useWordList('tiers'), useWordList('regions'), useWordList('channels')]
  return ({ customer, tier, region, channel }: Targeted): string =>
    [
      customer ? nameIn(customer) : '',
      tiers.nameOf(tier?.code),
      regions.nameOf(region?.code),
      channels.nameOf(channel?.code),
    ]
      .filter(Boolean)
      .join(' · ') || t('order-rules.everyone')
}
