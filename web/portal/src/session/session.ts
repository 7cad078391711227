/** Who is signed in, for which of their companies, and what they may do. */

import { ApiError, newKey } from '@dinghuo/api'
import { computed, shallowRef } from 'vue'
import { client, whenSignedOut } from '@/api/client'
import type { Me, SignedIn } from '@/api/people'
import { people } from '@/api/routes'
import * as cart from '@/cart/store'
import { startLive, stopLive } from '@/live'
import { forget, keep, recall } from '@/storage'
import { loadUnits } from '@/units'
import { credentials, dropCredentials, setCredentials } from './credentials'

const NAME = 'me'
const REMEMBERED = 'sign-in'
/** Where the token of an invitation waits for its holder to sign in. */
export const INVITED = 'invited'

export const me = shallowRef<Me | null>(recall<Me>(NAME))
/** Changes whenever what was read for somebody or some company must be read anew. */
export const epoch = shallowRef(newKey())

export const zone = computed(() => me.value?.company.time_zone ?? 'Asia/Shanghai')
export const currency = computed(() => me.value?.company.currency ?? 'CNY')
export const company = computed(() => me.value?.customers?.find(one => one.id === me.value?.customer_id) ?? null)

export interface Remembered {
  company: string
  login: string
}

export function may(permission: string): boolean {
  return me.value?.permissions.includes(permission) ?? false
}

export const maySeePrices = computed(() => me.value?.sees_price ?? false)

export function remembered(): Remembered {
  return recall<Remembered>(REMEMBERED) ?? { company: '', login: '' }
}

/** A session was opened. */
export function begin(signedIn: SignedIn, remember?: Remembered): void {
  client.useCsrf(signedIn.csrf)
  setCredentials({ token: signedIn.token ?? '', customer: signedIn.me.customer_id ?? '' })
  if (remember) keep(REMEMBERED, remember)
  know(signedIn.me)
  arrive()
}

/** Ask again who we are; what is kept serves while there is no network. Resolves whether somebody is signed in. */
export async function recognise(): Promise<boolean> {
  try {
    know(await people.me())
    return true
  } catch (error) {
    if (!(error instanceof ApiError)) throw error
    if (error.has('not-your-customer')) {
      setCredentials({ customer: '' })
      return recognise()
    }
    return error.status !== 401 && me.value !== null
  }
}

/** Work for another of one's companies: nothing read for the one before may stay on screen. */
export async function choose(customerId: string): Promise<void> {
  await cart.settle()
  setCredentials({ customer: customerId })
  know(await people.me())
  arrive()
}

export async function leave(): Promise<void> {
  try {
    await people.signOut()
  } catch (error) {
    if (!(error instanceof ApiError)) throw error
  }
  gone()
}

/** Everything that begins once it is known who works here. */
export function arrive(): void {
  epoch.value = newKey()
  cart.open()
  void loadUnits()
  startLive()
}

function know(known: Me): void {
  me.value = known
  keep(NAME, known)
  const mayOrder = known.permissions.includes('portal.orders.place')
  setCredentials({ mayOrder, customer: credentials.customer || known.customer_id || '' })
}

function gone(): void {
  stopLive()
  dropCredentials()
  forget(NAME)
  me.value = null
  epoch.value = newKey()
  uni.reLaunch({ url: '/pages/sign-in/index' })
}

whenSignedOut(() => {
  if (me.value) gone()
})
