import { ApiError, type CountLineView, newKey } from '@dinghuo/api'
import { useQueryClient } from '@tanstack/vue-query'
import { computed, onScopeDispose, ref } from 'vue'
import { api } from '@/app/api'
import { toastError } from '@/app/toasts'
import { useDraft } from '@/composables/useDraft'
import { type Kept, keyOf } from './sheet'

/** Beyond what one request takes, the rest goes with the next. */
const MOST = 500
const AGAIN = 5000

/**
 * What was typed goes to the server at once; where that cannot be reached, as in the back of a warehouse, it is kept
 * on this device and sent when it can be.
 */
export function useSheet(id: string) {
  const client = useQueryClient()
  const waiting = useDraft<Record<string, Kept>>(`count:${id}`, {})
  const isSaving = ref(false)
  const isOffline = ref(false)
  const faults = ref(new Map<string, string>())
  let timer: ReturnType<typeof setTimeout> | undefined

  function keep(line: Pick<CountLineView, 'sku' | 'lot'>, said: Kept): void {
    const key = keyOf(line)
    waiting.value.value = { ...waiting.value.value, [key]: { ...waiting.value.value[key], ...said } }
    const next = new Map(faults.value)
    next.delete(key)
    faults.value = next
    clearTimeout(timer)
    timer = setTimeout(() => void send(), 400)
  }

  async function send(): Promise<void> {
    clearTimeout(timer)
    const sent = Object.entries(waiting.value.value)
      .filter(([key]) => !faults.value.has(key))
      .slice(0, MOST)
    if (!sent.length || isSaving.value) return
    isSaving.value = true
    try {
      const items = sent.map(([key, said]) => {
        const [sku, lot] = key.split('\n')
        return { sku, quantity: said.quantity, note: said.note ?? null, lot: lot ? { number: lot } : null }
      })
      await api.send('put', `/api/v1/stock-counts/${id}/lines`, { body: { items }, key: newKey() })
      isOffline.value = false
      const left = { ...waiting.value.value }
      // What was typed again meanwhile goes with the next.
      for (const [key, said] of sent) if (JSON.stringify(left[key]) === JSON.stringify(said)) delete left[key]
      waiting.value.value = left
      await client.invalidateQueries({ queryKey: ['stock', 'count', id] })
    } catch (error) {
      if (error instanceof ApiError && !error.isPassing) refused(error, sent)
      else isOffline.value = true
    } finally {
      isSaving.value = false
    }
    if (Object.keys(waiting.value.value).some(key => !faults.value.has(key)))
      timer = setTimeout(() => void send(), isOffline.value ? AGAIN : 50)
  }

  function refused(error: ApiError, sent: [string, Kept][]): void {
    const next = new Map(faults.value)
    for (const fault of error.faults) {
      const key = sent[(fault.line ?? 0) - 1]?.[0]
      if (key) next.set(key, fault.message)
    }
    // Nothing that could be mended line by line: it is told, and not sent for ever.
    if (next.size === faults.value.size) for (const [key] of sent) next.set(key, error.message)
    faults.value = next
    toastError(error)
  }

  const onLine = () => void send()
  window.addEventListener('online', onLine)
  onScopeDispose(() => {
    clearTimeout(timer)
    window.removeEventListener('online', onLine)
  })
  if (Object.keys(waiting.value.value).length) void send()

  return {
    keep,
    send,
    kept: (line: Pick<CountLineView, 'sku' | 'lot'>): Kept | undefined => waiting.value.value[keyOf(line)],
    faultOf: (line: Pick<CountLineView, 'sku' | 'lot'>) => faults.value.get(keyOf(line)),
    unsent: computed(() => Object.keys(waiting.value.value).length),
    isSaving,
    isOffline,
  }
}
