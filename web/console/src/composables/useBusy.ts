import { type Ref, ref } from 'vue'
import { toastError } from '@/app/toasts'

/** Runs one thing at a time, says when it runs, and tells people what went wrong. */
export function useBusy(): {
  isBusy: Readonly<Ref<boolean>>
  run<T>(work: () => Promise<T>): Promise<T | undefined>
} {
  const isBusy = ref(false)
  async function run<T>(work: () => Promise<T>): Promise<T | undefined> {
    if (isBusy.value) return undefined
    isBusy.value = true
    try {
      return await work()
    } catch (error) {
      toastError(error)
      return undefined
    } finally {
      isBusy.value = false
    }
  }
  return { isBusy, run }
}
