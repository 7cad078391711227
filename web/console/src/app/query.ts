/** How answers are kept: for a while, refetched when something is told to have changed. */

import { ApiError } from '@dinghuo/api'
import { QueryClient } from '@tanstack/vue-query'

export const queries = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 30_000,
      gcTime: 10 * 60_000,
      refetchOnWindowFocus: true,
      // A refusal stays one; only what never arrived is worth another try.
      retry: (failures, error) => failures < 3 && error instanceof ApiError && error.isPassing,
      retryDelay: (failures, error) =>
        error instanceof ApiError && error.retryAfter ? error.retryAfter * 1000 : Math.min(500 * 2 ** failures, 8000),
    },
    mutations: { retry: false },
  },
})
