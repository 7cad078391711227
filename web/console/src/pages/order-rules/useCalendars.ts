import type { CalendarView } from '@dinghuo/api'
import { usePages } from '@/composables/usePages'
import { nameIn } from '@/composables/useWordLists'

/** The company's calendars; there are few. */
export function useCalendars() {
  const pages = usePages<CalendarView>(['order-rules', 'calendars'], '/api/v1/calendars', {}, { limit: 200 })
  return { ...pages, nameOf: (code: string) => nameIn(pages.rows.value.find(each => each.code === code)) || code }
}
