import { useQuery } from '@tanstack/vue-query'
import { computed } from 'vue'
import { api } from '@/app/api'
import { useEdit } from '@/composables/useEdit'

/** A record of settings there is one of, as the form of its page: read, edited, saved as it was read. */
export function useSettings<View, Form extends object>(part: string, formOf: (view: View) => Form) {
  const path = `/api/v1/settings/${part}`
  const read = async () => {
    const { data, etag } = await api.answer<View>('get', path)
    return { value: formOf(data), revision: etag ?? '' }
  }
  const { data, isPending, error, refetch } = useQuery({ queryKey: ['settings', part], queryFn: read })
  const edit = useEdit<Form>({
    draft: `settings:${part}`,
    source: computed(() => data.value),
    save: (_changed, ifMatch, value) => api.send('put', path, { body: value, ifMatch }),
    reread: async () => {
      await refetch()
      return data.value ?? read()
    },
  })
  return { data, isPending, error, refetch, edit, form: edit.value }
}
