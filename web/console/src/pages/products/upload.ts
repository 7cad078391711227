import type { StoredFile } from '@dinghuo/api'
import { api } from '@/app/api'
import { t } from '@/app/i18n'
import { dismiss, explain, toast } from '@/app/toasts'

/** Keep files at the server, one after the other; those refused are told and left out. */
export async function upload(files: ArrayLike<File>): Promise<{ file: File; stored: StoredFile }[]> {
  const kept: { file: File; stored: StoredFile }[] = []
  for (const file of Array.from(files)) {
    const telling = toast(t('products.uploading', { name: file.name }), 'plain', { stays: 0 })
    try {
      kept.push({ file, stored: await api.send<StoredFile>('post', '/api/v1/files', { body: file }) })
    } catch (error) {
      const { title, detail } = explain(error)
      toast(t('products.uploadFailed', { name: file.name }), 'bad', { detail: detail ?? title })
    } finally {
      dismiss(telling)
    }
  }
  return kept
}
