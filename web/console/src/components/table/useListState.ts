import { type ComputedRef, computed } from 'vue'
import { type LocationQuery, useRoute, useRouter } from 'vue-router'
import { type Filter, parametersOf } from './types'

/** Of the list, not of the server's filters. */
const OWN = ['search', 'sort', 'columns'] as const

export interface ListState {
  search: ComputedRef<string>
  sort: ComputedRef<string>
  columns: ComputedRef<string[] | null>
  view: ComputedRef<string>
  /** Values of a parameter; none when it is not set. */
  valuesOf(parameter: string): string[]
  set(changes: Record<string, string | readonly string[] | null | undefined>): void
  /** Replace everything by a view's query. */
  apply(query: string, view: string): void
  /** For the server. */
  filters: ComputedRef<Record<string, string | string[]>>
  /** Everything but the view's name, in one order: equal means the same list. */
  canonical: ComputedRef<string>
  isFiltered: ComputedRef<boolean>
}

/** All state of a list is in the address: it can be sent, reloaded and gone back to. */
export function useListState(filters: () => readonly Filter[]): ListState {
  const route = useRoute()
  const router = useRouter()

  const names = computed(() => filters().flatMap(parametersOf))
  const one = (name: string) => listOf(route.query, name)[0] ?? ''
  const search = computed(() => one('search'))
  const sort = computed(() => one('sort'))
  const columns = computed(() => (one('columns') ? one('columns').split(',') : null))
  const view = computed(() => one('view'))
  const sent = computed(() => {
    const found: Record<string, string | string[]> = {}
    for (const name of names.value) {
      const values = listOf(route.query, name)
      if (values.length) found[name] = values.length === 1 ? (values[0] ?? '') : values
    }
    return found
  })

  function set(changes: Record<string, string | readonly string[] | null | undefined>): void {
    const query: LocationQuery = { ...route.query }
    for (const [name, value] of Object.entries(changes)) {
      if (value === null || value === undefined || value.length === 0) delete query[name]
      else query[name] = typeof value === 'string' ? value : [...value]
    }
    void router.replace({ query, hash: route.hash })
  }

  return {
    search,
    sort,
    columns,
    view,
    valuesOf: name => listOf(route.query, name),
    set,
    apply(text, name) {
      const query: LocationQuery = {}
      for (const [key, value] of new URLSearchParams(text)) query[key] = [...listOf(query, key), value]
      if (name) query.view = name
      void router.replace({ query })
    },
    filters: sent,
    canonical: computed(() => canonicalOf(route.query, [...OWN, ...names.value])),
    isFiltered: computed(() => !!search.value || Object.keys(sent.value).length > 0),
  }
}

function listOf(query: LocationQuery, name: string): string[] {
  const value = query[name]
  return (Array.isArray(value) ? value : [value]).filter((each): each is string => !!each)
}

/** The query as text, sorted, so that two can be compared; also of what a view keeps. */
export function canonicalOf(query: LocationQuery | string, names?: readonly string[]): string {
  const found: [string, string][] = []
  if (typeof query === 'string') found.push(...new URLSearchParams(query))
  else for (const name of Object.keys(query)) for (const value of listOf(query, name)) found.push([name, value])
  return new URLSearchParams(
    found
      .filter(([name]) => name !== 'view' && (!names || names.includes(name)))
      .sort(([a, x], [b, y]) => a.localeCompare(b) || x.localeCompare(y)),
  ).toString()
}
