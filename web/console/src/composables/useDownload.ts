import type { Loose } from '@dinghuo/api'
import { api } from '@/app/api'
import { t } from '@/app/i18n'
import { dismiss, toast, toastError } from '@/app/toasts'

/** Fetch a file and hand it to the browser. */
export async function download(path: string, query: object = {}, options: Loose = {}): Promise<void> {
  const telling = toast(t('table.exporting'), 'plain', { stays: 0 })
  try {
    const { blob, name } = await api.file('get', path, { ...options, query })
    const link = document.createElement('a')
    link.href = URL.createObjectURL(blob)
    link.download = name ?? 'export.xlsx'
    link.click()
    setTimeout(() => URL.revokeObjectURL(link.href), 60_000)
    toast(t('table.exported', { name: link.download }))
  } catch (error) {
    toastError(error)
  } finally {
    dismiss(telling)
  }
}
