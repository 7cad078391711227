import { useQueryClient } from '@tanstack/vue-query'
import { computed } from 'vue'
import { api } from '@/app/api'
import { t } from '@/app/i18n'
import { may } from '@/app/session'
import type { Filter } from '@/components/table/types'
import { useHotkeys } from '@/composables/useHotkeys'
import { useRemove } from '@/composables/useRemove'
import { useRecordDialog } from '../settings/useRecordDialog'

/** Records that are saved and removed by their codes: the dialog that writes one, and the filter of their list. */
export function useCodedRecords<View extends { revision: number }, Form extends { code: string; name: string }>(
  part: 'quotas' | 'routes',
  { blank, formOf, bodyOf }: { blank(): Form; formOf(view: View): Form; bodyOf(form: Form): object },
) {
  const path = `/api/v1/${part}`
  const client = useQueryClient()
  const { remove } = useRemove()
  const mayWrite = computed(() => may('order_rules.write'))
  const save = (value: Form) => api.send('put', path, { body: { items: [bodyOf(value)] } })
  const changed = () => client.invalidateQueries({ queryKey: ['order-rules'] })
  const dialog = useRecordDialog<Form>({ send: save, saved: changed })
  const filters = computed<Filter[]>(() => [
    {
      key: 'active',
      kind: 'choice',
      title: t('order-rules.state'),
      pinned: true,
      options: [
        { value: 'true', label: t('order-rules.active') },
        { value: 'false', label: t('order-rules.inactive') },
      ],
    },
  ])

  async function removeOpen(): Promise<void> {
    const value = dialog.form.value as Form | null | undefined
    if (!value) return
    const isGone = await remove({
      name: value.name || value.code,
      remove: () => api.send('post', `${path}/delete`, { body: { codes: [value.code] } }),
      again: () => save(value),
      changed,
    })
    if (isGone) dialog.close()
  }

  const add = () => dialog.open(blank())
  useHotkeys({ n: () => (mayWrite.value ? add() : false) })
  return {
    dialog,
    filters,
    mayWrite,
    add,
    open: (row: View) => mayWrite.value && dialog.open(formOf(row), row.revision),
    removeOpen,
  }
}
