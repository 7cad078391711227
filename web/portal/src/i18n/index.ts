/**
 * Chinese first, English complete. `t` follows the chosen language wherever it is used in a template.
 *
 * Names in braces are all our messages hold, so no library: in mini-programs the framework puts an old vue-i18n in the
 * place of ours, which leaves the names standing.
 */

import { type Language, languageOf } from '@dinghuo/api'
import { computed, ref } from 'vue'
import { keep, recall } from '@/storage'
import { en } from './en'
import { zh } from './zh'

export type Values = Record<string, string | number>

const NAME = 'language'
const WORDS: Record<Language, ReadonlyMap<string, string>> = { zh: flat(zh), en: flat(en) }
const chosen = ref<Language>(recall<Language>(NAME) ?? ofDevice())

export const language = computed(() => chosen.value)

/** The word of this name; the name itself where there is none. `{count|s}` is an ending for all numbers but one. */
export function t(name: string, values: Values = {}): string {
  const text = WORDS[chosen.value].get(name) ?? name
  return text.replace(/\{(\w+)(?:\|(\w+))?\}/g, (_, value: string, ending?: string) =>
    ending ? (String(values[value]) === '1' ? '' : ending) : String(values[value] ?? ''),
  )
}

/** Whether there is a word of this name: what a server tells may be newer than we are. */
export function has(name: string): boolean {
  return WORDS.zh.has(name)
}

export function setLanguage(wanted: Language): void {
  chosen.value = wanted
  keep(NAME, wanted)
  showLanguage()
}

/** Tell the browser, so that screen readers pronounce it rightly. */
export function showLanguage(): void {
  // #ifdef H5
  document.documentElement.lang = language.value === 'en' ? 'en' : 'zh-CN'
  // #endif
}

function flat(words: object, before = ''): Map<string, string> {
  const found = new Map<string, string>()
  for (const [name, word] of Object.entries(words)) {
    if (typeof word === 'string') found.set(before + name, word)
    else for (const [inner, text] of flat(word, `${before}${name}.`)) found.set(inner, text)
  }
  return found
}

declare const wx: unknown

/** In a page the framework may not be there yet when this is asked. */
function ofDevice(): Language {
  if (typeof window !== 'undefined' && typeof wx === 'undefined') return languageOf(navigator.language)
  try {
    return languageOf(uni.getSystemInfoSync().language)
  } catch {
    return 'zh'
  }
}
