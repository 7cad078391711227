/** Where the journal of each dealer company is kept on this device. Storage is the truth: other tabs write there too. */

import { newKey } from '@dinghuo/api'
import { keep, recall } from '@/storage'
import { begin, type Journal } from './journal'

let memory: { name: string; journal: Journal } | null = null
let isKept = true

export function loadJournal(customer: string): Journal {
  const name = nameOf(customer)
  // Where nothing can be kept, this page's memory must do.
  if (!isKept && memory?.name === name) return memory.journal
  return recall<Journal>(name) ?? (memory?.name === name ? memory.journal : begin(newKey()))
}

export function saveJournal(customer: string, journal: Journal): void {
  const name = nameOf(customer)
  memory = { name, journal }
  isKept = keep(name, journal)
}

function nameOf(customer: string): string {
  return `cart.${customer}`
}
