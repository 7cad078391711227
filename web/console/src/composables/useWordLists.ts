import type { NamedView } from '@dinghuo/api'
import { useQuery } from '@tanstack/vue-query'
import { computed } from 'vue'
import { api } from '@/app/api'
import { language } from '@/app/i18n'
import { may } from '@/app/session'
import type { Choice, PageOf } from '@/components/table/types'

/** A word of master data: a tier, a unit, a category. */
export interface Word extends Pick<NamedView, 'code' | 'name' | 'name_en'> {
  id?: string
  revision?: number
  parent?: string | null
  position?: number | null
  state?: string
}

/** Each list with what makes it untrue and who may read it. */
const LISTS = {
  tiers: ['customers', 'parties.read'],
  channels: ['customers', 'parties.read'],
  regions: ['customers', 'parties.read'],
  departments: ['customers', 'identity.users'],
  units: ['catalogue', 'catalogue.read'],
  brands: ['catalogue', 'catalogue.read'],
  categories: ['catalogue', 'catalogue.read'],
  warehouses: ['stock', 'inventory.read'],
} as const

export type WordList = keyof typeof LISTS

/** Beyond this nobody chooses from a list. */
const MOST = 2000

async function load(list: WordList, signal: AbortSignal): Promise<Word[]> {
  const all: Word[] = []
  let cursor: string | null | undefined
  do {
    const page = await api.send<PageOf<Word> | Word[]>('get', `/api/v1/${list}`, {
      query: { limit: 200, cursor },
      signal,
    })
    if (Array.isArray(page)) return page
    all.push(...page.items)
    cursor = page.cursor
  } while (cursor && all.length < MOST)
  return all
}

/** What a record is called in the language of the screen. */
export function nameIn(record: { name: string; name_en?: string | null } | undefined | null): string {
  return (language.value === 'en' && record?.name_en) || (record?.name ?? '')
}

/** What it is called in the other language. */
export function otherName(record: { name: string; name_en?: string | null }): string | null {
  return language.value === 'en' && record.name_en ? record.name : (record.name_en ?? null)
}

/** The words of one list, as they are called in the language of the screen. */
export function useWordList(list: WordList) {
  const [news, permission] = LISTS[list]
  const { data, isPending, error, refetch } = useQuery({
    queryKey: [news, 'words', list],
    queryFn: ({ signal }) => load(list, signal),
    enabled: () => may(permission),
    staleTime: 5 * 60_000,
  })
  const words = computed<Word[]>(() => data.value ?? [])
  const byCode = computed(() => new Map(words.value.map(word => [word.code, word])))
  const byId = computed(() => new Map(words.value.map(word => [word.id, word])))
  const called = (word: Word | undefined) => (word ? nameIn(word) : undefined)
  return {
    words,
    isPending,
    error,
    refetch,
    /** What a code is called; the code where it is not known. */
    nameOf: (code: string | null | undefined) => (code ? (called(byCode.value.get(code)) ?? code) : ''),
    nameOfId: (id: string) => called(byId.value.get(id)),
    /** The code of what somebody typed: a code, or a name in either language. */
    codeOf: (typed: string) => {
      const plain = typed.trim()
      const found =
        byCode.value.get(plain) ??
        words.value.find(word => word.name === plain || word.name_en?.toLowerCase() === plain.toLowerCase())
      return found?.code
    },
    choices: computed<Choice[]>(() =>
      words.value.map(word => ({ value: word.code, label: called(word) ?? word.code, detail: word.code })),
    ),
  }
}

/** For a filter: those of a list that fit what was typed. */
export function choicesOf(list: WordList) {
  return async (typed: string, signal: AbortSignal): Promise<Choice[]> => {
    const wanted = typed.toLowerCase()
    return (await load(list, signal))
      .map(word => ({
        value: word.code,
        label: nameIn(word),
        detail: word.code,
      }))
      .filter(choice => `${choice.label} ${choice.detail}`.toLowerCase().includes(wanted))
  }
}
