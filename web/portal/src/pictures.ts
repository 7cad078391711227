/** Pictures of the mini-program: its `image` cannot say who asks, so each is fetched once, with our headers. */

import { reactive } from 'vue'
import { whoAsks } from '@/api/client'

const MOST_AT_ONCE = 6

const known = reactive<Record<string, string>>({})
const waiting: string[] = []
let underway = 0

/** The picture's file on this device; empty until it is there. */
export function fetched(address: string): string {
  if (!(address in known)) {
    known[address] = ''
    waiting.push(address)
    next()
  }
  return known[address] ?? ''
}

function next(): void {
  if (underway >= MOST_AT_ONCE) return
  // The last asked for is the one being looked at.
  const address = waiting.pop()
  if (!address) return
  underway += 1
  uni.downloadFile({
    url: address,
    header: whoAsks(),
    success: ({ statusCode, tempFilePath }) => {
      if (statusCode === 200) known[address] = tempFilePath
    },
    complete: () => {
      underway -= 1
      next()
    },
  })
}
