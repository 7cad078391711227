import { useQuery } from '@tanstack/vue-query'
import { computed } from 'vue'
import { api } from '@/app/api'
import { language } from '@/app/i18n'

export interface UnitWords {
  code: string
  name: string
  name_en: string | null
}

/** What units are called on screens: `case` is 箱. */
export function useUnits() {
  const { data } = useQuery({
    queryKey: ['catalogue', 'units'],
    queryFn: ({ signal }) =>
      api.send<{ items: UnitWords[] }>('get', '/api/v1/units', { query: { limit: 200 }, signal }),
    staleTime: 10 * 60_000,
  })
  const units = computed(() => data.value?.items ?? [])
  const names = computed(
    () =>
      new Map(units.value.map(unit => [unit.code, language.value === 'en' ? unit.name_en || unit.name : unit.name])),
  )
  const unitName = (code: string | null | undefined) => (code ? (names.value.get(code) ?? code) : '')
  return { units, unitName }
}
