/** Light, dark, or as the system has it. */

import { computed, ref, watch } from 'vue'

export type Theme = 'system' | 'light' | 'dark'

const KEPT = 'dinghuo.theme'
const system = window.matchMedia('(prefers-color-scheme: dark)')
const systemIsDark = ref(system.matches)
system.addEventListener('change', event => void (systemIsDark.value = event.matches))

export const theme = ref<Theme>((localStorage.getItem(KEPT) as Theme | null) ?? 'system')
export const isDark = computed(() => theme.value === 'dark' || (theme.value === 'system' && systemIsDark.value))

watch(theme, chosen => localStorage.setItem(KEPT, chosen))
watch(
  isDark,
  dark => {
    document.documentElement.classList.toggle('dark', dark)
    const bar = document.querySelector('meta[name=theme-color]')
    bar?.setAttribute('content', dark ? '#131312' : '#f5f4f0')
  },
  { immediate: true },
)
