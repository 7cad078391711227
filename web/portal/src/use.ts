/** Reading something from the server for a page: its outline first, then the thing, and what to do when it fails. */

import { onShow } from '@dcloudio/uni-app'
import { type Ref, ref, shallowRef } from 'vue'
import type { Page } from '@/api/types'
import { epoch } from '@/session/session'

export interface Reading<T> {
  data: Ref<T | null>
  error: Ref<unknown>
  isBusy: Ref<boolean>
  load: () => Promise<void>
}

export function useReading<T>(read: () => Promise<T>): Reading<T> {
  const data = shallowRef<T | null>(null)
  const error = shallowRef<unknown>(null)
  const isBusy = ref(false)
  let turn = 0
  const load = async () => {
    turn += 1
    const mine = turn
    isBusy.value = true
    try {
      const found = await read()
      if (mine !== turn) return
      data.value = found
      error.value = null
    } catch (problem) {
      if (mine === turn) error.value = problem
    } finally {
      if (mine === turn) isBusy.value = false
    }
  }
  return { data, error, isBusy, load }
}

export interface PagedReading<T> {
  items: Ref<T[]>
  error: Ref<unknown>
  isBusy: Ref<boolean>
  isKnown: Ref<boolean>
  hasMore: Ref<boolean>
  load: () => Promise<void>
  more: () => Promise<void>
}

/** A list page by page. A later question overtakes an earlier one; a new first page replaces what was shown. */
export function usePages<T>(
  read: (cursor: string | null, signal?: AbortSignal) => Promise<Page<T>>,
): PagedReading<T> {
  const items = shallowRef<T[]>([])
  const error = shallowRef<unknown>(null)
  const isBusy = ref(false)
  const isKnown = ref(false)
  const hasMore = ref(false)
  let cursor: string | null = null
  let turn = 0
  let abort: AbortController | null = null

  const fetch = async (from: string | null) => {
    turn += 1
    const mine = turn
    abort?.abort()
    abort = typeof AbortController === 'undefined' ? null : new AbortController()
    isBusy.value = true
    try {
      const page = await read(from, abort?.signal)
      if (mine !== turn) return
      items.value = from ? [...items.value, ...page.items] : page.items
      cursor = page.cursor
      hasMore.value = page.cursor !== null
      isKnown.value = true
      error.value = null
    } catch (problem) {
      if (mine === turn) error.value = problem
    } finally {
      if (mine === turn) isBusy.value = false
    }
  }
  return {
    items,
    error,
    isBusy,
    isKnown,
    hasMore,
    load: () => fetch(null),
    more: () => (cursor && !isBusy.value ? fetch(cursor) : Promise.resolve()),
  }
}

/** Do this whenever the page is shown, and at once when another person or company took over. */
export function whenShown(action: () => void): void {
  let seen = ''
  onShow(() => {
    void seen
    seen = epoch.value
    action()
  })
}
