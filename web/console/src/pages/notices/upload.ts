import { api } from '@/app/api'
import type { NoticeFile } from './types'

/** Kept by the server under the hash of its content; a second time costs nothing. */
export async function upload(file: File): Promise<NoticeFile> {
  const kept = await api.send<{ sha256: string; content_type: string; size: number }>(
    'post',
    '/api/v1/notices/files',
    {
      body: new Blob([file], { type: 'application/octet-stream' }),
    },
  )
  return { ...kept, name: file.name }
}

/** What was just sent up is shown from memory: it can be fetched only once the notice names it. */
const pictures = new Map<string, string>()
export const hold = (sha256: string, file: File) => void pictures.set(sha256, URL.createObjectURL(file))
export function pictureUrl(sha256: string, noticeId: string | undefined): string | undefined {
  return pictures.get(sha256) ?? (noticeId ? `/api/v1/notices/${noticeId}/files/${sha256}` : undefined)
}
