/** Who works here, what they may do, and what happens when their session ends under their hands. */

import { ApiError, type Me } from '@dinghuo/api'
import { computed, readonly, ref, shallowRef } from 'vue'
import { api } from './api'
import { language } from './i18n'

const current = shallowRef<Me | null>(null)
const asked = ref(false)
let waiting: { promise: Promise<boolean>; settle(signedIn: boolean): void } | null = null

export const me = readonly(current) as Readonly<typeof current>
/** True while the dialog to sign in again is to be shown over whatever was being done. */
export const mustSignInAgain = readonly(asked)
export const zone = computed(() => current.value?.company.time_zone ?? 'Asia/Shanghai')
export const currency = computed(() => current.value?.company.currency ?? 'CNY')

const COMPANY = 'dinghuo.company'
const LOGIN = 'dinghuo.login'

export interface Credentials {
  company: string
  login: string
  password: string
  code?: string
}

/** What was typed last time on this device; never the password. */
export function remembered(): { company: string; login: string } {
  return { company: localStorage.getItem(COMPANY) ?? '', login: localStorage.getItem(LOGIN) ?? '' }
}

/** Whoever comes by another door than the form is asked for their company once, too. */
export function rememberCompany(company: string): void {
  if (company) localStorage.setItem(COMPANY, company)
}

/** May do this, or any one of these. */
export function may(permission: string | readonly string[] | undefined): boolean {
  if (!permission) return true
  const wanted = typeof permission === 'string' ? [permission] : permission
  return wanted.some(name => current.value?.permissions.includes(name))
}

/** The account behind this browser's session; null when there is none. */
export async function loadMe(): Promise<Me | null> {
  try {
    const { data, header } = await api.answer<Me>('get', '/api/v1/me')
    api.useCsrf(header('x-csrf-token') ?? '')
    current.value = data
  } catch (error) {
    // A dealer's session is no session here.
    if (!(error instanceof ApiError) || (error.status !== 401 && error.status !== 403)) throw error
    current.value = null
  }
  return current.value
}

/** Ask again who I am and what I may do; true when there is a session, if need be a new one. */
export async function refreshMe(): Promise<boolean> {
  try {
    const { data, header } = await api.answer<Me>('get', '/api/v1/me')
    api.useCsrf(header('x-csrf-token') ?? '')
    current.value = data
    return true
  } catch (error) {
    return error instanceof ApiError && error.status === 401 ? signInAgain() : false
  }
}

export async function signIn({ company, login, password, code }: Credentials): Promise<void> {
  const before = current.value?.id
  const answer = await api.send<{ csrf: string; me: Me }>('post', '/api/v1/sign-in', {
    body: {
      login: login.trim(),
      password,
      ...(company && { company: company.trim() }),
      ...(code && { code: code.trim() }),
    },
  })
  localStorage.setItem(COMPANY, company.trim())
  localStorage.setItem(LOGIN, login.trim())
  arrive(answer)
  const again = waiting
  waiting = null
  asked.value = false
  // Somebody else's screen must not go on with what the first one had on it.
  if (again && before !== answer.me.id) location.reload()
  again?.settle(true)
}

/** The server opened a session for this browser, in whatever way. */
export function arrive(answer: { csrf: string; me: Me }): void {
  api.useCsrf(answer.csrf)
  current.value = answer.me
}

export async function signOut(): Promise<void> {
  await api.send('post', '/api/v1/sign-out').catch(() => undefined)
  forget()
}

export function forget(): void {
  current.value = null
  api.useCsrf('')
  waiting?.settle(false)
  waiting = null
  asked.value = false
}

/** Called when the server says the session is over: resolves once there is a new one. */
export function signInAgain(): Promise<boolean> {
  if (!current.value) return Promise.resolve(false)
  if (!waiting) {
    let settle: (signedIn: boolean) => void = () => undefined
    const promise = new Promise<boolean>(resolve => void (settle = resolve))
    waiting = { promise, settle }
    asked.value = true
  }
  return waiting.promise
}

/** The language a person chose in their account, where this browser has not chosen one. */
export function followLanguage(): void {
  const own = current.value?.language
  if (!localStorage.getItem('dinghuo.language') && (own === 'zh' || own === 'en')) language.value = own
}
