import { useQuery } from '@tanstack/vue-query'
import { computed, reactive } from 'vue'
import { may } from '@/app/session'
import { unitName, units } from '@/app/units'
import * as ask from './ask'
import type { Entry, SkuInfo, Usual } from './types'

/** What is known of goods while an order is written: what was found, and what this customer usually takes. */
export function useGoods(entry: Entry) {
  const skus = reactive(new Map<string, SkuInfo>())
  const learn = (infos: readonly SkuInfo[]) => {
    for (const info of infos) skus.set(info.code, info)
  }

  const usual = useQuery({
    queryKey: ['orders', 'usual', computed(() => entry.customer?.id)],
    queryFn: ({ signal }) => ask.usualOf(entry.customer?.id ?? '', signal),
    enabled: computed(() => !!entry.customer && may('orders.read')),
    staleTime: 60_000,
  })
  const usualBySku = computed(() => new Map<string, Usual>((usual.data.value ?? []).map(each => [each.sku, each])))

  return {
    skus,
    learn,
    usual: computed(() => usual.data.value ?? []),
    isUsualLoading: usual.isLoading,
    usualLoaded: async () => void (usual.isLoading.value && (await usual.suspense())),
    usualBySku,
    units: computed(units),
    unitName,
  }
}
