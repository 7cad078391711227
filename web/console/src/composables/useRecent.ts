import { computed, ref } from 'vue'
import { me } from '@/app/session'

export interface Visited {
  to: string
  title: string
  kind: string
}

const place = computed(() => `dinghuo.recent.${me.value?.id ?? ''}`)
const version = ref(0)

/** What this person opened last, for the palette. */
export const recent = computed<Visited[]>(() => {
  void version.value
  try {
    return JSON.parse(localStorage.getItem(place.value) ?? '[]') as Visited[]
  } catch {
    return []
  }
})

/** Called by a document's page once it knows what it shows. */
export function remember(visited: Visited): void {
  const all = [visited, ...recent.value.filter(each => each.to !== visited.to)].slice(0, 8)
  localStorage.setItem(place.value, JSON.stringify(all))
  version.value += 1
}
