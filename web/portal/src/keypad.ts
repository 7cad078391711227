/** The number keys at the foot of a phone's screen: one quantity after the other, down the list. */

import { ref } from 'vue'
import type { Break } from '@/api/types'

export interface Task {
  id: string
  title: string
  image: string | null
  unit: string
  quantity: string
  minimum: string
  step: string
  breaks: Break[]
  set: (quantity: string) => void
}

export const keypad = ref<{ tasks: () => Task[]; at: number } | null>(null)

export function openKeypad(tasks: () => Task[], id: string): void {
  const at = tasks().findIndex(task => task.id === id)
  keypad.value = at < 0 ? null : { tasks, at }
}
