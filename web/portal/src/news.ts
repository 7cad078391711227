/** How many notices of the seller are unread. */

import { ref } from 'vue'
import type { NoticeItem } from '@/api/people'
import { notices } from '@/api/routes'

export const unreadCount = ref(0)
/** To be read before anything else. */
export const mustRead = ref<NoticeItem[]>([])

export async function countUnread(): Promise<void> {
  try {
    const unread = await notices.unread()
    unreadCount.value = unread.count
    mustRead.value = unread.must_read
  } catch {
    // A number that is not known is not shown as another.
  }
}
