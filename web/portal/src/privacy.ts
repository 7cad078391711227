/** The consent that WeChat asks of a mini-program: given once, for this version of what is said. */

import { ref } from 'vue'
import { keep, recall } from '@/storage'

const NAME = 'privacy'
const VERSION = 1

export const isConsentNeeded = ref(false)
let answer: ((given: { event: 'agree'; buttonId?: string }) => void) | null = null

/** Called when the mini-program starts; a browser keeps only what signing in needs and asks nothing of the device. */
export function askConsent(): void {
  // #ifdef MP-WEIXIN
  isConsentNeeded.value = recall<number>(NAME) !== VERSION
  wx.onNeedPrivacyAuthorization?.(resolve => {
    answer = resolve
    isConsentNeeded.value = true
  })
  // #endif
}

export function agree(): void {
  keep(NAME, VERSION)
  isConsentNeeded.value = false
  answer?.({ event: 'agree' })
  answer = null
}

export function hasAgreed(): boolean {
  return recall<number>(NAME) === VERSION
}
