import { keepPreviousData, useInfiniteQuery } from '@tanstack/vue-query'
import { computed, type MaybeRefOrGetter, toValue, watch } from 'vue'
import { api } from '@/app/api'
import type { PageOf } from '@/components/table/types'

/** A list by pages for a place that is not an `IndexTable`: a card, a gallery, a drawer. */
export function usePages<Row>(
  /** Of its query key; first what is told to be new. */
  name: readonly string[],
  path: MaybeRefOrGetter<string>,
  query: MaybeRefOrGetter<Record<string, unknown>> = {},
  { limit = 50, enabled = true }: { limit?: number; enabled?: MaybeRefOrGetter<boolean> } = {},
) {
  const found = useInfiniteQuery({
    queryKey: [...name, computed(() => toValue(path)), computed(() => toValue(query))],
    queryFn: ({ pageParam, signal }) =>
      api.send<PageOf<Row>>('get', toValue(path), { query: { ...toValue(query), cursor: pageParam, limit }, signal }),
    initialPageParam: null as string | null,
    getNextPageParam: last => last.cursor ?? null,
    placeholderData: keepPreviousData,
    enabled: computed(() => toValue(enabled)),
  })
  const rows = computed<Row[]>(() => found.data.value?.pages.flatMap(page => page.items) ?? [])
  const isLooking = computed(() => !rows.value.length && found.hasNextPage.value && !found.error.value)
  // A page may hold none while there is more to look at: then it goes on.
  watch(
    () => isLooking.value && !found.isFetching.value,
    goesOn => goesOn && void found.fetchNextPage(),
  )
  return {
    rows,
    isPending: computed(() => found.isPending.value || isLooking.value),
    isFetching: found.isFetching,
    isFetchingMore: found.isFetchingNextPage,
    error: found.error,
    hasMore: found.hasNextPage,
    more: () => void (found.hasNextPage.value && !found.isFetching.value && found.fetchNextPage()),
    refetch: () => void found.refetch(),
  }
}
