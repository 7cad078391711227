/** How much is unread: notices of the seller, and messages about one's own orders. */

import { ref } from 'vue'
import type { NoticeItem } from '@/api/people'
import { inbox, notices } from '@/api/routes'

export const unreadCount = ref(0)
export const unreadMessages = ref(0)
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

export async function countMessages(): Promise<void> {
  try {
    unreadMessages.value = (await inbox.count()).unread
  } catch {
    // As above.
  }
}
