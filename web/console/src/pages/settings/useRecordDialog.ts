import { ApiError, type Fault } from '@dinghuo/api'
import { computed, type Ref, ref } from 'vue'
import { t } from '@/app/i18n'
import { toast } from '@/app/toasts'
import { useBusy } from '@/composables/useBusy'
import { type Conflict, differences } from '@/composables/useEdit'

interface Kept<T> {
  value: T
  revision: string
}

export interface RecordDialog<T extends object> {
  /** Sends what is new or changed; `before` is null for a new record. */
  send(value: T, changed: Partial<T>, before: Kept<T> | null): Promise<unknown>
  /** The record as it is now, when somebody else was quicker. */
  reread?(value: T): Promise<Kept<T> | undefined>
  saved(value: T): unknown
}

/** A small form in a dialog on one record: its faults at their fields, and what to do when two edited it. */
export function useRecordDialog<T extends object>({ send, reread, saved }: RecordDialog<T>) {
  const form = ref(null) as Ref<T | null>
  const before = ref(null) as Ref<Kept<T> | null>
  const faults = ref<readonly Fault[]>([])
  const conflict = ref(null) as Ref<Conflict<T> | null>
  const { isBusy, run } = useBusy()

  function open(value: T, revision?: string | number): void {
    form.value = { ...value }
    before.value = revision === undefined ? null : { value: { ...value }, revision: String(revision) }
    faults.value = []
    conflict.value = null
  }
  const close = () => void (form.value = null)

  async function save(): Promise<void> {
    const value = form.value
    if (!value) return
    faults.value = []
    const changed = before.value ? differences(before.value.value, value) : value
    if (before.value && !Object.keys(changed).length) return close()
    await run(async () => {
      try {
        await send(value, changed, before.value)
      } catch (error) {
        if (!(error instanceof ApiError)) throw error
        if (error.has('stale-revision') && (await collide(value, changed))) return
        if (!error.faults.some(fault => fault.field && fault.field !== 'If-Match')) throw error
        faults.value = error.faults
        return
      }
      close()
      toast(t('shell.saved'))
      await saved(value)
    })
  }

  async function collide(mine: T, changed: Partial<T>): Promise<boolean> {
    const was = before.value
    const now = await reread?.(mine)
    if (!was || !now) return false
    const touched = Object.keys(changed) as (keyof T & string)[]
    const theirs = Object.keys(differences(was.value, now.value)) as (keyof T & string)[]
    conflict.value = {
      mine,
      theirs: now.value,
      fields: [...new Set([...theirs, ...touched])],
      touched,
      revision: now.revision,
    }
    return true
  }

  async function settle(chosen: T): Promise<void> {
    const against = conflict.value
    if (!against) return
    open(against.theirs, against.revision)
    form.value = chosen
    await save()
  }

  return {
    form,
    isOpen: computed({ get: () => !!form.value, set: open => !open && close() }),
    isNew: computed(() => !before.value),
    isBusy,
    faults,
    conflict,
    /** The sentence on a field: at `name`, `items[0].name` or `fields.name`. */
    at: (field: string) =>
      faults.value.find(fault => fault.field?.replace(/^items\[0\]\./, '') === field)?.message ?? '',
    open,
    close,
    save,
    settle,
  }
}
