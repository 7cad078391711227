import { ApiError, type Fault } from '@dinghuo/api'
import { useQuery } from '@tanstack/vue-query'
import { computed, ref, watch } from 'vue'
import { api } from '@/app/api'
import { t } from '@/app/i18n'
import { toast } from '@/app/toasts'
import { useBusy } from '@/composables/useBusy'
import { useHotkeys } from '@/composables/useHotkeys'

interface Sealed {
  secret: string
  active: boolean
}

/**
 * An app of a platform with a secret that the server keeps sealed: it is sent, never read again, and left out it stays.
 * No draft is kept of such a form: a secret must not lie on the device.
 */
export function useSealedApp<View, Form extends Sealed>(options: {
  name: string
  path: string
  form: Form
  /** What the form shows of it; without one, an empty form. */
  formOf(view: View | undefined): Omit<Form, 'secret'>
  /** What is sent of the form, the secret aside. */
  bodyOf(form: Form): Record<string, unknown>
}) {
  const { form, path } = options
  const { data, isPending, error, refetch } = useQuery({
    queryKey: ['settings', options.name],
    queryFn: () => api.send<View>('get', path),
  })
  const faults = ref<readonly Fault[]>([])
  const { isBusy, run } = useBusy()
  const plain = (value: object) =>
    JSON.stringify(value, (_, each) => (typeof each === 'string' ? each.trim() : (each as unknown)))
  const isDirty = computed(
    () => !!data.value && (!!form.secret || plain({ ...form, secret: '' }) !== plain({ ...form, ...shown() })),
  )
  const at = (field: string) => faults.value.find(fault => fault.field === field)?.message ?? ''
  const shown = () => ({ ...options.formOf(data.value), secret: '' })

  function reset(): void {
    Object.assign(form, shown())
    faults.value = []
  }
  watch(data, reset, { immediate: true })

  async function save(): Promise<void> {
    faults.value = []
    await run(async () => {
      const secret = form.secret.trim()
      try {
        await api.send('put', path, {
          body: { ...options.bodyOf(form), active: form.active, ...(secret && { secret }) },
        })
      } catch (problem) {
        if (!(problem instanceof ApiError) || !problem.faults.length) throw problem
        faults.value = problem.faults
        return
      }
      toast(t('shell.saved'))
      await refetch()
      reset()
    })
  }
  useHotkeys({ 'mod+s': () => isDirty.value && save() })

  return { data, isPending, error, refetch, isBusy, isDirty, at, reset, save }
}
