/** What units are called: the server names them by code, `case`, people say 箱. */

import { QueryObserver } from '@tanstack/vue-query'
import { shallowRef } from 'vue'
import { api } from './api'
import { language } from './i18n'
import { queries } from './query'
import { may } from './session'

export interface Unit {
  code: string
  name: string
  name_en: string | null
}

const known = shallowRef(new Map<string, Unit>())
let isWatched = false

/** One watch for all that show units, begun with the first of them. */
function watchOnce(): void {
  if (isWatched || !may('catalogue.read')) return
  isWatched = true
  new QueryObserver(queries, {
    queryKey: ['catalogue', 'unit-names'],
    queryFn: ({ signal }) => api.send<{ items: Unit[] }>('get', '/api/v1/units', { query: { limit: 200 }, signal }),
    staleTime: 10 * 60_000,
  }).subscribe(({ data }) => {
    if (data) known.value = new Map(data.items.map(unit => [unit.code, unit]))
  })
}

/** Those there are, for choosing one. */
export function units(): Unit[] {
  watchOnce()
  return [...known.value.values()]
}

/** In the language of the screen; the code itself where it is not known. */
export function unitName(code: string | null | undefined): string {
  if (!code) return ''
  watchOnce()
  const unit = known.value.get(code)
  return (language.value === 'en' && unit?.name_en) || (unit?.name ?? code)
}
