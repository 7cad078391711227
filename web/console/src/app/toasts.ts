/** Short news at the edge of the screen, with a way back where there is one. */

import { ApiError } from '@dinghuo/api'
import { shallowReactive } from 'vue'
import { t } from './i18n'

export type Tone = 'good' | 'bad' | 'plain'

export interface Toast {
  id: number
  tone: Tone
  text: string
  detail?: string
  action?: { label: string; run(): void }
}

export interface ToastOptions {
  detail?: string
  /** Offered for as long as it is shown. */
  undo?: () => void
  action?: { label: string; run(): void }
  /** Milliseconds; 0 stays. */
  stays?: number
}

let last = 0
export const toasts = shallowReactive<Toast[]>([])

export function dismiss(id: number): void {
  const index = toasts.findIndex(toast => toast.id === id)
  if (index >= 0) toasts.splice(index, 1)
}

export function toast(text: string, tone: Tone = 'good', options: ToastOptions = {}): number {
  const id = ++last
  const action = options.undo ? { label: t('shell.undo'), run: options.undo } : options.action
  toasts.push({ id, tone, text, detail: options.detail, action })
  if (toasts.length > 4) toasts.shift()
  const stays = options.stays ?? (tone === 'bad' ? 10_000 : action ? 8000 : 4000)
  if (stays) setTimeout(() => dismiss(id), stays)
  return id
}

/** What went wrong, as people can act on it. */
export function toastError(error: unknown): void {
  const { title, detail } = explain(error)
  toast(title, 'bad', { detail })
}

/** What happened, what was kept, what to do. */
export function explain(error: unknown): { title: string; detail?: string } {
  if (!(error instanceof ApiError)) return { title: t('shell.errors.broke'), detail: String(error) }
  if (error.isUnreachable)
    return { title: t('shell.errors.unreachable'), detail: t('shell.errors.unreachableDetail') }
  const { title, detail, faults = [] } = error.problem
  return { title, detail: faults.length > 1 || detail !== title ? detail : undefined }
}
