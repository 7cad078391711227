import { keepPreviousData, useInfiniteQuery } from '@tanstack/vue-query'
import { computed } from 'vue'
import { api } from '@/app/api'
import type { PageOf } from './types'
import type { ListState } from './useListState'

const PAGE = 100

interface Props {
  name: string
  path: string
  fixed?: Record<string, unknown>
}

/** The rows of a list, page after page by cursor. */
export function useRows<Row>(props: Props, state: ListState) {
  const wanted = computed(() => ({
    ...props.fixed,
    ...state.filters.value,
    search: state.search.value || undefined,
    sort: state.sort.value || undefined,
  }))
  const found = useInfiniteQuery({
    queryKey: [props.name, 'list', computed(() => props.path), wanted],
    queryFn: ({ pageParam, signal }) =>
      api.send<PageOf<Row>>('get', props.path, {
        query: { ...wanted.value, cursor: pageParam, limit: PAGE },
        signal,
      }),
    initialPageParam: null as string | null,
    getNextPageParam: last => last.cursor ?? null,
    placeholderData: keepPreviousData,
  })
  const rows = computed<Row[]>(() => found.data.value?.pages.flatMap(page => page.items) ?? [])
  function more(): void {
    if (found.hasNextPage.value && !found.isFetching.value) void found.fetchNextPage()
  }
  return {
    rows,
    isFirst: found.isPending,
    isFetching: found.isFetching,
    error: found.error,
    hasMore: found.hasNextPage,
    more,
    refetch: () => void found.refetch(),
  }
}
