/** What kind of screen this is, and moving about on it. */

import { ref } from 'vue'

/** A desk-wide window: several columns, a pointer, a keyboard. */
export const isDesk = ref(false)

// #ifdef H5
const wide = window.matchMedia('(min-width: 1024px)')
isDesk.value = wide.matches
wide.addEventListener('change', () => {
  isDesk.value = wide.matches
})
// #endif

const TABS = ['home', 'find', 'fast', 'cart', 'me']

/** Go to a page by its name: `cart`, `order?id=…`. */
export function go(where: string, replace = false): void {
  const [name = '', query] = where.split('?')
  if (TABS.includes(name)) {
    uni.switchTab({ url: `/pages/${name}/index` })
    return
  }
  const root = name === 'sign-in' || name === 'invitation' ? 'pages' : 'more'
  const url = `/${root}/${name}/index${query ? `?${query}` : ''}`
  if (replace) uni.redirectTo({ url })
  else uni.navigateTo({ url })
}

export function back(): void {
  if (getCurrentPages().length > 1) uni.navigateBack()
  else go('home')
}
