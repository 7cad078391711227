import { useQuery, useQueryClient } from '@tanstack/vue-query'
import { computed, nextTick, ref } from 'vue'
import { useRouter } from 'vue-router'
import { toast } from '@/app/toasts'
import { useEdit } from './useEdit'
import { useTitle } from './useTitle'
import { nameIn } from './useWordLists'

interface Known {
  code: string
  name: string
  name_en?: string | null
  revision: number
}

export interface RecordOptions<View extends Known, Form extends { code: string; name: string }> {
  /** As the address has it; null for a new one. */
  id: string | null
  /** `customer:<id>`; under it unsaved work is kept. */
  draft: string
  /** Of the query that reads it. */
  key: readonly unknown[]
  /** What is no longer true once it was saved. */
  stale: readonly (readonly unknown[])[]
  /** Where the list is, and the page of this one. */
  list: string
  page: string
  /** Headings: of a new one, and of a known one until its name is there. */
  titles: { create: string; edit: string }
  read(): Promise<View>
  blank(): Form
  formOf(view: View): Form
  change(changed: Partial<Form>, ifMatch: string): Promise<unknown>
  /** Makes a new one; the address of its page, where that is known. */
  create(code: string, value: Form): Promise<string | undefined>
  created(name: string): string
}

/** A form on one record of master data, new or known. Give the result to `RecordPage`. */
export function useRecordForm<View extends Known, Form extends { code: string; name: string }>(
  options: RecordOptions<View, Form>,
) {
  const router = useRouter()
  const client = useQueryClient()
  const isNew = options.id === null
  const queryKey = [...options.key, 'form']
  const back = isNew ? options.list : options.page
  const to = ref(back)

  const { data, error, isPending, refetch } = useQuery({
    queryKey,
    queryFn: () => options.read(),
    enabled: !isNew,
    staleTime: 0,
  })
  const view = computed(() => data.value as View | undefined)
  const source = computed(() =>
    isNew
      ? { value: options.blank(), revision: '' }
      : view.value && { value: options.formOf(view.value), revision: view.value.revision },
  )

  const edit = useEdit<Form>({
    draft: options.draft,
    source,
    async save(changed, ifMatch, value) {
      if (!isNew) return options.change(changed, ifMatch)
      to.value = (await options.create(value.code.trim(), value)) ?? options.list
      toast(options.created(value.name))
    },
    async reread() {
      if (isNew) return { value: options.blank(), revision: '' }
      const now = await options.read()
      client.setQueryData(queryKey, now)
      return { value: options.formOf(now), revision: now.revision }
    },
    saved: async () => {
      for (const key of options.stale) await client.invalidateQueries({ queryKey: key, refetchType: 'none' })
      void nextTick(() => router.push(to.value))
    },
  })
  const form = edit.value
  /** A fault at `fields.name`, `items[0].name` or `name`. */
  const at = (field: string): string => edit.faultAt(field) || edit.faultAt(`items[0].${field}`)
  const isReady = computed(() => isNew || (!!view.value && 'code' in form.value))
  const name = computed(() => view.value && nameIn(view.value))
  const title = computed(() => (isNew ? options.titles.create : (name.value ?? options.titles.edit)))
  useTitle(() => (isNew ? options.titles.create : name.value))

  return { edit, form, at, data: view, error, isPending, refetch, isNew, isReady, back, title }
}
