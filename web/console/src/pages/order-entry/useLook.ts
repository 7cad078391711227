import { ApiError, type Fault, subtract } from '@dinghuo/api'
import { useQuery } from '@tanstack/vue-query'
import { computed, type Ref, shallowRef, toRaw, watch } from 'vue'
import { useNews } from '@/app/events'
import { may } from '@/app/session'
import * as ask from './ask'
import { bodyOf, faultsById, filled, isAskable } from './lines'
import type { Entry, Line, Preview, PreviewLine } from './types'

const DEBOUNCE = 220

/** The server's look at an order as it grows: prices, stock, credit and what is wrong, by the ids of lines. */
export function useLook(options: {
  entry: Entry
  /** What was said of it when it was to be placed. */
  refused: Readonly<Ref<Fault[]>>
  usesRebate: Readonly<Ref<boolean>>
  isOver: () => boolean
  isBusy: () => boolean
}) {
  const { entry, refused } = options
  const sent = shallowRef<{ body: ask.Body; lines: Line[] } | null>(null)
  let debounce: ReturnType<typeof setTimeout> | undefined
  function look(): void {
    clearTimeout(debounce)
    const lines = filled(entry.lines)
      .filter(isAskable)
      .map(line => ({ ...toRaw(line) }))
    const now = entry.customer && lines.length ? { body: bodyOf(entry, lines), lines } : null
    if (JSON.stringify(now?.body) !== JSON.stringify(sent.value?.body)) sent.value = now
  }
  watch(
    () => [
      entry.customer?.code,
      entry.shipTo,
      entry.requested,
      entry.lines.map(line => [line.sku, line.quantity, line.unit, line.price, line.blanket, line.byGoods]),
    ],
    () => {
      clearTimeout(debounce)
      debounce = setTimeout(look, DEBOUNCE)
    },
    { deep: true },
  )
  const looking = useQuery({
    queryKey: ['orders', 'preview', computed(() => sent.value?.body)],
    queryFn: async ({ signal }) => {
      const asked = sent.value
      if (!asked) return null
      return { preview: await ask.preview(asked.body, signal), lines: asked.lines }
    },
    enabled: computed(() => !!sent.value && !options.isOver() && may('orders.place')),
    placeholderData: before => before,
    staleTime: 20_000,
    gcTime: 30_000,
  })
  useNews(({ kind }) => {
    if (options.isOver() || options.isBusy() || !sent.value) return
    if (/^(stock|prices|order|catalogue|customers)\b/.test(kind)) void looking.refetch()
  })

  const looked = computed(() => (sent.value ? (looking.data.value ?? null) : null))
  const preview = computed<Preview | null>(() => looked.value?.preview ?? null)
  const priced = computed(() => {
    const found = new Map<string, PreviewLine>()
    for (const line of preview.value?.lines ?? []) {
      const id = looked.value?.lines[line.line_no - 1]?.id
      if (id) found.set(id, line)
    }
    return found
  })
  /** A preview that could not even begin (an unknown customer) says so by its error. */
  const lookError = computed(() => (looking.error.value instanceof ApiError ? looking.error.value : null))
  const faults = computed(() => {
    const found = faultsById(preview.value?.faults ?? [], looked.value?.lines ?? [])
    for (const fault of lookError.value?.faults ?? []) found.set('', [...(found.get('') ?? []), fault])
    for (const fault of refused.value) {
      const id = fault.line ? (filled(entry.lines)[fault.line - 1]?.id ?? '') : ''
      const there = found.get(id) ?? []
      if (!there.some(each => each.code === fault.code)) found.set(id, [...there, fault])
    }
    return found
  })
  const unfinished = computed(() => filled(entry.lines).filter(line => !isAskable(line)))
  const isFresh = computed(() => !looking.isFetching.value && !looking.isPlaceholderData.value)
  const problemCount = computed(() => [...faults.value.values()].flat().length + unfinished.value.length)
  const creditAfter = computed(() => {
    const { credit_left: left, amounts, rebate } = preview.value ?? {}
    if (left == null || !amounts) return null
    const owed = rebate && (options.usesRebate.value ? rebate.owed_at_most_use : rebate.owed)
    return subtract(left, owed ?? amounts.gross)
  })

  return {
    look,
    preview,
    priced,
    faults,
    unfinished,
    problemCount,
    isFresh,
    isLooking: looking.isFetching,
    lookError,
    creditAfter,
  }
}
