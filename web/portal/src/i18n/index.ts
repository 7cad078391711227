/** Chinese first, English complete. `t` follows the chosen language wherever it is used in a template. */

import { type Language, languageOf } from '@dinghuo/api'
import { computed } from 'vue'
import { createI18n } from 'vue-i18n'
import { keep, recall } from '@/storage'
import { en } from './en'
import { zh } from './zh'

const NAME = 'language'

export const i18n = createI18n({
  legacy: false,
  locale: recall<Language>(NAME) ?? ofDevice(),
  fallbackLocale: 'zh',
  messages: { zh, en },
})

export const t = i18n.global.t as (key: string, values?: Record<string, string | number>) => string
export const language = computed(() => i18n.global.locale.value as Language)

export function setLanguage(chosen: Language): void {
  i18n.global.locale.value = chosen
  keep(NAME, chosen)
  showLanguage()
}

/** Tell the browser, so that screen readers pronounce it rightly. */
export function showLanguage(): void {
  // #ifdef H5
  document.documentElement.lang = language.value === 'en' ? 'en' : 'zh-CN'
  // #endif
}

function ofDevice(): Language {
  try {
    return languageOf(uni.getSystemInfoSync().language)
  } catch {
    return 'zh'
  }
}
