/** News where there is no EventSource: ask every few seconds while the page is seen. */

import type { LiveMessage } from '@/api/people'
import { live } from '@/api/routes'
import type { Line } from './line'

const PAUSE = 6_000
const LONGEST = 60_000

export function poll(hear: (message: LiveMessage) => void): Line {
  let since: string | null = null
  let timer: ReturnType<typeof setTimeout> | undefined
  let isOn = false
  let wait = PAUSE

  const turn = async () => {
    try {
      const news = await live.changes(since)
      since = news.cursor
      wait = PAUSE
      for (const message of news.items) hear(message)
      if (isOn) timer = setTimeout(turn, news.more ? 0 : wait)
    } catch {
      wait = Math.min(LONGEST, wait * 2)
      if (isOn) timer = setTimeout(turn, wait)
    }
  }
  return {
    resume() {
      if (isOn) return
      isOn = true
      void turn()
    },
    pause() {
      isOn = false
      clearTimeout(timer)
    },
  }
}
