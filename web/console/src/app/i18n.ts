/** Words of the screens: each page folder brings its own (`pages/<area>/i18n.ts`), found here by name. */

import { type Language, languageOf } from '@dinghuo/api'
import { computed, type Ref, watch } from 'vue'
import { createI18n } from 'vue-i18n'
import { shell } from './words'

export type Words = { [key: string]: string | Words }
export interface AreaWords {
  zh: Words
  en: Words
}

const areas = import.meta.glob<{ default: AreaWords }>('../pages/*/i18n.ts', { eager: true })

export function messages(): AreaWords {
  const all: AreaWords = { zh: { ...shell.zh }, en: { ...shell.en } }
  for (const [path, { default: words }] of Object.entries(areas)) {
    const area = path.split('/').at(-2) ?? ''
    all.zh[area] = words.zh
    all.en[area] = words.en
  }
  return all
}

const KEPT = 'dinghuo.language'

export const i18n = createI18n({
  legacy: false,
  locale: (localStorage.getItem(KEPT) as Language | null) ?? languageOf(navigator.languages),
  messages: messages() as never,
  missingWarn: import.meta.env?.DEV ?? false,
})

/** What is used of vue-i18n; its own types follow every key and are too deep for the compiler. */
const global = i18n.global as unknown as {
  t(key: string, values?: Record<string, unknown>): string
  te(key: string): boolean
  locale: Ref<string>
}

/** Words outside of components: `t('orders.title')`. */
export const t = (key: string, values: Record<string, unknown> = {}): string => global.t(key, values)

export const language = computed<Language>({
  get: () => global.locale.value as Language,
  set: chosen => {
    global.locale.value = chosen
    localStorage.setItem(KEPT, chosen)
  },
})

watch(language, chosen => void (document.documentElement.lang = chosen === 'zh' ? 'zh-CN' : 'en'), {
  immediate: true,
})

/** The first of these keys that has words, else the last argument as it is. */
export function said(key: string, otherwise: string): string {
  return global.te(key) ? t(key) : otherwise
}
