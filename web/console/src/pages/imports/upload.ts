/** A file goes up in pieces: one that was lost on the way is sent again, alone. */

import type { IntegrationsImportsFilesFileView as UploadedFile } from '@dinghuo/api'
import { api } from '@/app/api'

export interface Upload {
  file: File
  /** 0 … 1. */
  share: number
  sent: UploadedFile | null
}

const ABREAST = 2

/** Send what has not arrived yet; `told` hears how far it is. */
export async function send(
  upload: Upload,
  told: (share: number) => void,
  signal: AbortSignal,
): Promise<UploadedFile> {
  const { file } = upload
  let sent =
    upload.sent ??
    (await api.send<UploadedFile>('post', '/api/v1/imports/files', {
      body: { name: file.name, size: file.size },
      signal,
    }))
  upload.sent = sent
  const waiting = missingParts(sent)
  let arrived = sent.received.length
  const carry = async (): Promise<void> => {
    for (let part = waiting.shift(); part !== undefined; part = waiting.shift()) {
      const body = file.slice((part - 1) * sent.part_bytes, part * sent.part_bytes)
      const answer = await api.send<UploadedFile>('put', '/api/v1/imports/files/{file_id}/parts/{part}', {
        path: { file_id: sent.id, part },
        body,
        signal,
      })
      arrived += 1
      told(arrived / sent.parts)
      upload.sent = answer
    }
  }
  await Promise.all(Array.from({ length: ABREAST }, carry))
  sent = await api.send<UploadedFile>('get', '/api/v1/imports/files/{file_id}', {
    path: { file_id: sent.id },
    signal,
  })
  upload.sent = sent
  return sent
}

/** The numbers of the pieces that are not there, from 1. */
export function missingParts({ parts, received }: Pick<UploadedFile, 'parts' | 'received'>): number[] {
  const there = new Set(received)
  return Array.from({ length: parts }, (_, index) => index + 1).filter(part => !there.has(part))
}
