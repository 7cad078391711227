/** Every route of the portal that the client uses, by what it is for. */

import type { Method } from '@dinghuo/api'
import { ask } from './client'
import type {
  Banner,
  Binding,
  Enrolment,
  Invitation,
  LiveMessage,
  Me,
  NoticeItem,
  NoticePage,
  SessionView,
  SignedIn,
  Unread,
  UserInput,
  UserView,
  WeChatSignIn,
} from './people'
import type {
  Added,
  Address,
  AddressFields,
  Brand,
  Card,
  Cart,
  CartDetails,
  Category,
  Change,
  Credit,
  DraftSummary,
  Home,
  ListSummary,
  OrderDetail,
  OrderSummary,
  Page,
  Placed,
  ProductPage,
  Proposal,
  ProposalPage,
  ShipTo,
  ShoppingList,
  UnitName,
  Wanted,
} from './types'

export interface ProductFilter {
  search?: string
  category?: string
  brand?: string
  in_stock?: boolean
  bought?: boolean
  sort?: 'code' | 'newest'
}

const get = <T>(path: string, query?: object, signal?: AbortSignal) => ask<T>('get', path, { query, signal })
const post = <T>(path: string, body?: unknown, key?: string) => ask<T>('post', path, { body, key })
const put = <T>(path: string, body: unknown, ifMatch?: number) => ask<T>('put', path, { body, ifMatch })
const remove = (path: string) => ask<void>('delete' satisfies Method, path)

export const catalogue = {
  home: () => get<Home>('home'),
  categories: () => get<Category[]>('categories'),
  units: () => get<UnitName[]>('units'),
  brands: () => get<Brand[]>('brands'),
  products: (filter: ProductFilter & { cursor?: string | null; limit?: number }, signal?: AbortSignal) =>
    get<Page<Card>>('products', filter, signal),
  product: (id: string) => get<ProductPage>(`products/${id}`),
}

export const cart = {
  read: () => get<Cart>('cart'),
  change: (sent: { cart: string | null; device: string; changes: Change[] }) => put<Cart>('cart/lines', sent),
  describe: (details: CartDetails) => put<Cart>('cart', details),
  clear: () => post<Cart>('cart/clear'),
  park: (name: string, key: string) => post<DraftSummary>('cart/park', { name }, key),
  add: (lines: Wanted[], key: string) => post<Added>('cart/add', { lines }, key),
  quick: (entries: { code: string; quantity: string; unit: string | null }[], add: boolean, key?: string) =>
    post<Added>('cart/quick', { entries, add }, key),
  saveAsList: (name: string, key: string) => post<ShoppingList>('cart/save-as-list', { name }, key),
  sheet: (bytes: Blob | ArrayBuffer, query: Record<string, string | boolean>, key: string) =>
    ask<Added>('post', 'cart/sheet', {
      query,
      body: bytes,
      key,
      headers: { 'content-type': 'application/octet-stream' },
    }),
  submit: (id: string, revision: number) =>
    ask<Placed>('post', `drafts/${id}/submit`, { body: { revision }, key: id }),
}

export const drafts = {
  list: (cursor?: string | null) => get<Page<DraftSummary>>('drafts', { cursor }),
  resume: (id: string) => post<Cart>(`drafts/${id}/resume`),
  remove: (id: string) => remove(`drafts/${id}`),
}

export const proposals = {
  list: (state?: string, cursor?: string | null) => get<Page<Proposal>>('proposals', { state, cursor }),
  read: (id: string) => get<ProposalPage>(`proposals/${id}`),
  confirm: (id: string, revision: number) =>
    ask<Placed>('post', `proposals/${id}/confirm`, { body: { revision }, key: id }),
  decline: (id: string, reason: string) => post<Proposal>(`proposals/${id}/decline`, { reason: reason || null }),
}

export const orders = {
  list: (filter: { stage?: string; search?: string; cursor?: string | null; limit?: number }, signal?: AbortSignal) =>
    get<Page<OrderSummary>>('orders', filter, signal),
  read: (id: string) => get<OrderDetail>(`orders/${id}`),
  cancel: (id: string, reason: string, key: string) =>
    post<OrderDetail>(`orders/${id}/cancel`, { reason: reason || null }, key),
  reorder: (id: string, key: string) => post<Added>(`orders/${id}/reorder`, undefined, key),
}

export const lists = {
  list: (cursor?: string | null) => get<Page<ListSummary>>('shopping-lists', { cursor }),
  read: (id: string) => get<ShoppingList>(`shopping-lists/${id}`),
  create: (name: string, lines: Wanted[], key: string) => post<ShoppingList>('shopping-lists', { name, lines }, key),
  save: (id: string, name: string, lines: Wanted[], revision: number) =>
    put<ShoppingList>(`shopping-lists/${id}`, { name, lines }, revision),
  remove: (id: string) => remove(`shopping-lists/${id}`),
  addAll: (id: string, key: string) => post<Added>(`shopping-lists/${id}/add`, undefined, key),
}

export const addresses = {
  list: () => get<Address[]>('addresses'),
  create: (address: AddressFields, key: string) => post<Address>('addresses', address, key),
  save: (id: string, address: AddressFields) => put<Address>(`addresses/${id}`, address),
  remove: (id: string) => remove(`addresses/${id}`),
}

export const people = {
  signIn: (form: { company?: string; login: string; password: string; code?: string; with_token?: boolean }) =>
    post<SignedIn>('sign-in', form),
  signOut: () => post<void>('sign-out'),
  me: () => get<Me>('me'),
  credit: () => get<Credit>('credit'),
  changePassword: (old: string, chosen: string) => post<void>('me/password', { old, new: chosen }),
  enrol: (password: string) => post<Enrolment>('me/totp', { password }),
  confirmEnrolment: (code: string) => post<{ recovery_codes: string[] }>('me/totp/confirm', { code }),
  sessions: () => get<SessionView[]>('me/sessions'),
  endSession: (id: string) => remove(`me/sessions/${id}`),
  users: (cursor?: string | null) => get<Page<UserView>>('users', { cursor }),
  saveUser: (user: UserInput) => put<unknown>('users', { items: [user] }),
  givePassword: (id: string) => post<{ password: string }>(`users/${id}/password`, {}),
}

export const invitations = {
  look: (token: string) => post<Invitation>('invitations/look', { token }),
  accept: (form: { token: string; login: string; password: string; name?: string; with_token?: boolean }) =>
    post<SignedIn>('invitations/accept', form),
  join: (token: string) => post<Me>('invitations/join', { token }),
}

export const wechat = {
  signIn: (code: string, company?: string) => post<WeChatSignIn>('wechat/sign-in', { code, company }),
  bind: (form: Record<string, string>) => post<SignedIn>('wechat/bind', form),
  state: () => get<Binding>('wechat'),
  unbind: () => remove('wechat'),
}

export const notices = {
  list: (filter: { kind?: string; unread?: boolean; cursor?: string | null; limit?: number }) =>
    get<Page<NoticeItem>>('notices', filter),
  read: (id: string) => get<NoticePage>(`notices/${id}`),
  markRead: (id: string) => post<void>(`notices/${id}/read`),
  unread: () => get<Unread>('notices/unread'),
  banners: () => get<Banner[]>('banners'),
}

export const live = {
  changes: (since: string | null) =>
    get<{ items: LiveMessage[]; cursor: string; more: boolean }>('changes', { since }),
}

export type { ShipTo }
