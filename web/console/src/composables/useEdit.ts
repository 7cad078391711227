import { ApiError, type Fault, faultsByField } from '@dinghuo/api'
import { computed, type Ref, ref, watch } from 'vue'
import { t } from '@/app/i18n'
import { explain, toast } from '@/app/toasts'
import { useDraft } from './useDraft'

export interface Conflict<T> {
  mine: T
  theirs: T
  /** Which fields either side changed. */
  fields: (keyof T & string)[]
  /** Which of them I changed. */
  touched: (keyof T & string)[]
  revision: string
}

export interface EditOptions<T extends object> {
  /** `customer:<id>`; under it unsaved work is kept. */
  draft: string
  /** The record as it is now, from a query; undefined while it loads. */
  source: Ref<{ value: T; revision: string | number } | undefined>
  /** Saves what changed, provided that nobody else changed it: `ifMatch` is the revision it was read at. */
  save(changed: Partial<T>, ifMatch: string, value: T): Promise<unknown>
  /** Reads it afresh when somebody else was quicker. */
  reread(): Promise<{ value: T; revision: string | number }>
  /** After it was saved. */
  saved?(): unknown
}

/**
 * A form on one record: kept while unsaved, faults at their fields, and when somebody else changed it meanwhile both
 * versions are shown. Give the result to `FormPage`.
 */
export function useEdit<T extends object>(options: EditOptions<T>) {
  const first = options.source.value
  const blank = {} as T
  const draft = useDraft<T>(options.draft, first?.value ?? blank, first ? String(first.revision) : '')
  const ready = ref(!!first)
  const origin = ref(first?.value ?? blank) as Ref<T>
  const isSaving = ref(false)
  const faults = ref<Fault[]>([])
  const conflict = ref(null) as Ref<Conflict<T> | null>

  watch(options.source, next => {
    if (!next) return
    if (!ready.value && draft.restoredAt.value === null) draft.reset(next.value, String(next.revision))
    else draft.follow(next.value, String(next.revision))
    if (!draft.isDirty.value || !ready.value) origin.value = next.value
    ready.value = true
  })

  const changed = computed(() => differences(origin.value, draft.value.value))
  const faultsOf = computed(() => faultsByField(faults.value))

  async function save(): Promise<boolean> {
    return write(changed.value, draft.base.value)
  }

  async function write(parts: Partial<T>, revision: string): Promise<boolean> {
    isSaving.value = true
    faults.value = []
    try {
      await options.save(parts, revision, draft.value.value)
      origin.value = draft.value.value
      draft.reset(draft.value.value, '')
      ready.value = false
      toast(t('shell.saved'))
      await options.saved?.()
      const fresh = await options.reread()
      origin.value = fresh.value
      draft.reset(fresh.value, String(fresh.revision))
      ready.value = true
      return true
    } catch (error) {
      await refused(error)
      return false
    } finally {
      isSaving.value = false
    }
  }

  async function refused(error: unknown): Promise<void> {
    if (error instanceof ApiError && (error.status === 412 || error.has('stale-revision'))) {
      const now = await options.reread()
      const theirs = differences(origin.value, now.value)
      conflict.value = {
        mine: draft.value.value,
        theirs: now.value,
        fields: [...new Set([...keysOf(theirs), ...keysOf(changed.value)])],
        touched: keysOf(changed.value),
        revision: String(now.revision),
      }
      return
    }
    if (error instanceof ApiError) faults.value = error.faults
    const { title, detail } = explain(error)
    toast(title, 'bad', { detail })
  }

  /** Save what was chosen field by field over what somebody else saved. */
  async function settle(chosen: T): Promise<boolean> {
    const against = conflict.value
    if (!against) return false
    conflict.value = null
    origin.value = against.theirs
    draft.value.value = chosen
    return write(differences(against.theirs, chosen), against.revision)
  }

  function discard(): void {
    const before = JSON.parse(JSON.stringify(draft.value.value)) as T
    const now = options.source.value
    draft.reset(now?.value ?? origin.value, now ? String(now.revision) : draft.base.value)
    if (now) origin.value = now.value
    faults.value = []
    conflict.value = null
    toast(t('form.discarded'), 'plain', { undo: () => void (draft.value.value = before) })
  }

  return {
    value: draft.value,
    isDirty: draft.isDirty,
    restoredAt: draft.restoredAt,
    changed,
    faults,
    /** The first sentence on a field, for its form item. */
    faultAt: (field: string) => faultsOf.value.get(field)?.[0]?.message ?? '',
    isSaving,
    conflict,
    save,
    settle,
    discard,
  }
}

export type Edit<T extends object> = ReturnType<typeof useEdit<T>>

function keysOf<T extends object>(value: Partial<T>): (keyof T & string)[] {
  return Object.keys(value) as (keyof T & string)[]
}

/** The fields whose value is another, with the new one. */
export function differences<T extends object>(from: T, to: T): Partial<T> {
  const found: Partial<T> = {}
  for (const key of keysOf<T>(to)) {
    if (JSON.stringify(from[key] ?? null) !== JSON.stringify(to[key] ?? null)) found[key] = to[key]
  }
  return found
}
