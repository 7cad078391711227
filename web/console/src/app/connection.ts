/** Whether there is a network, and whether the server answers. */

import { ApiError } from '@dinghuo/api'
import { computed, ref } from 'vue'
import { queries } from './query'

export const isOnline = ref(navigator.onLine)
const failed = ref(false)
export const isServerAway = computed(() => isOnline.value && failed.value)

let timer: ReturnType<typeof setTimeout> | undefined
let wait = 2000

window.addEventListener('offline', () => void (isOnline.value = false))
window.addEventListener('online', () => {
  isOnline.value = true
  if (failed.value) void probe()
})

// What never got an answer is the sign; the probe tells when it is over.
queries.getQueryCache().subscribe(event => {
  if (event.type !== 'updated' || (event.action.type !== 'failed' && event.action.type !== 'error')) return
  const error: unknown = event.action.error
  if (error instanceof ApiError && error.isUnreachable && !failed.value) {
    failed.value = true
    wait = 2000
    timer = setTimeout(probe, wait)
  }
})

async function probe(): Promise<void> {
  clearTimeout(timer)
  const answered = await fetch('/healthz', { cache: 'no-store' }).then(
    response => response.ok,
    () => false,
  )
  if (answered) {
    failed.value = false
    void queries.invalidateQueries()
    return
  }
  wait = Math.min(wait * 1.5, 15_000)
  timer = setTimeout(probe, wait)
}
