/** Short news at the foot of the screen, with one thing that can be done about it: usually undo. */

import { ref } from 'vue'

export interface Saying {
  text: string
  tone?: 'good' | 'bad' | 'plain'
  action?: { label: string; run: () => void }
}

export const saying = ref<(Saying & { id: number }) | null>(null)

let count = 0
let saidAt = 0

export function say(news: Saying): void {
  count += 1
  const id = count
  saidAt = Date.now()
  saying.value = { ...news, id }
  setTimeout(() => hush(id), news.action || news.tone === 'bad' ? 6000 : 2500)
}

/** Another page is shown: what was said on the one before is over, unless it was what led here. */
export function moveOn(): void {
  if (Date.now() - saidAt > 800) saying.value = null
}

export function hush(id?: number): void {
  if (id === undefined || saying.value?.id === id) saying.value = null
}
