/** What happens when the portal starts, is left and is seen again. */

import * as cart from '@/cart/store'
import { askEarly } from '@/first'
import { showLanguage } from '@/i18n'
import { listen, pauseLive, startLive } from '@/live'
import { countMessages } from '@/news'
import { askConsent } from '@/privacy'
import { arrive, me, recognise } from '@/session/session'
import { recall } from '@/storage'

/** Pages for people who are not signed in. */
const OPEN = ['pages/sign-in/index', 'pages/invitation/index', 'more/privacy/index']

export function launch(options?: { path?: string }): void {
  showLanguage()
  askConsent()
  listen(['draft.'], () => void cart.refresh().catch(() => {}))
  listen(['message.new'], () => void countMessages())
  listen(['me.changed'], () => void recognise())
  uni.onNetworkStatusChange(({ isConnected }) => {
    if (isConnected) cart.wake()
  })
  if (me.value) {
    arrive()
    if (isHome(options?.path)) askEarly()
    void recognise().then(known => (known ? cart.refresh().catch(() => {}) : undefined))
  } else if (!OPEN.includes(options?.path ?? '')) {
    void recognise().then(known => {
      // Meanwhile somebody may have gone where nobody needs to be signed in.
      const now = getCurrentPages().at(-1)?.route
      // Signed in, but this device had forgotten who: pages that are open already begin anew with it.
      if (known && IS_WEB && recall('me')) location.reload()
      else if (known) arrive()
      else if (!OPEN.includes(now ?? '')) uni.reLaunch({ url: '/pages/sign-in/index' })
    })
  }
}

function isHome(path = ''): boolean {
  return path === '' || path === 'pages/home/index'
}

export function resume(): void {
  if (!me.value) return
  startLive()
  cart.wake()
}

export function pause(): void {
  pauseLive()
}
