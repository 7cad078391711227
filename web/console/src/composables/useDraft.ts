import { type ComputedRef, computed, onScopeDispose, type Ref, ref, toRaw, watch } from 'vue'
import { me } from '@/app/session'

interface Kept<T> {
  value: T
  /** What it was when the edit began: a revision, or nothing for something new. */
  base: string
  at: string
}

export interface Draft<T> {
  /** What the form is bound to. */
  value: Ref<T>
  isDirty: ComputedRef<boolean>
  /** When what was found on this device had been typed; null when nothing was found. */
  restoredAt: Ref<string | null>
  /** The revision that the edit began from. */
  base: Ref<string>
  /** Begin from this, keeping nothing. */
  reset(value: T, base?: string): void
  /** The server's newer value where nothing was typed; what was typed stays. */
  follow(value: T, base?: string): void
}

const same = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b)
const copy = <T>(value: T): T => JSON.parse(JSON.stringify(toRaw(value))) as T

/**
 * Work in progress that survives a reload, a crash and a wrong click: kept on this device, by person and key, until it
 * is saved or discarded.
 */
export function useDraft<T>(key: string, initial: T, base = ''): Draft<T> {
  const place = `dinghuo.draft.${me.value?.id ?? ''}.${key}`
  const kept = read<T>(place)
  const origin = ref(copy(initial)) as Ref<T>
  const began = ref(kept?.base ?? base)
  const value = ref(kept ? kept.value : copy(initial)) as Ref<T>
  const restoredAt = ref(kept ? kept.at : null)
  const isDirty = computed(() => !same(value.value, origin.value))
  let timer: ReturnType<typeof setTimeout> | undefined

  function keep(): void {
    clearTimeout(timer)
    timer = undefined
    try {
      if (isDirty.value) {
        const now: Kept<T> = { value: value.value, base: began.value, at: new Date().toISOString() }
        localStorage.setItem(place, JSON.stringify(now))
      } else {
        localStorage.removeItem(place)
      }
    } catch {
      // A full or forbidden store must not get in the way of typing.
    }
  }

  watch(value, () => void (timer ??= setTimeout(keep, 300)), { deep: true })
  const atLast = () => timer !== undefined && keep()
  window.addEventListener('pagehide', atLast)
  onScopeDispose(() => {
    atLast()
    window.removeEventListener('pagehide', atLast)
  })

  return {
    value,
    isDirty,
    restoredAt,
    base: began,
    reset(next, nextBase = '') {
      origin.value = copy(next)
      value.value = copy(next)
      began.value = nextBase
      restoredAt.value = null
      keep()
    },
    follow(next, nextBase = '') {
      const untouched = !isDirty.value
      origin.value = copy(next)
      if (untouched) {
        value.value = copy(next)
        began.value = nextBase
      } else if (same(value.value, next)) {
        this.reset(next, nextBase)
      }
    },
  }
}

function read<T>(place: string): Kept<T> | null {
  try {
    return JSON.parse(localStorage.getItem(place) ?? 'null') as Kept<T> | null
  } catch {
    return null
  }
}
