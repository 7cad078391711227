import type { PriceListView } from '@dinghuo/api'
import { t } from '@/app/i18n'
import { nameIn, useWordList } from '@/composables/useWordLists'

/** Whom a price list is for, in words. */
export function useTarget() {
  const [tiers, regions, channels] = [useWordList('tiers'), useWordList('regions'), useWordList('channels')]
  return ({ customer, tier, region, channel }: PriceListView): string =>
    [nameIn(customer), tiers.nameOf(tier?.code), regions.nameOf(region?.code), channels.nameOf(channel?.code)]
      .filter(Boolean)
      .join(' · ') || t('price-lists.everyone')
}
