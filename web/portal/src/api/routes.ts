/** Every route of the portal that the client uses, by what it is for. */

import type { Method } from '@dinghuo/api'
import { ask, client } from './client'
import type {
  Banner,
  Binding,
  Enrolment,
  Invitation,
  InvitationLink,
  InvitationState,
  LiveMessage,
  Me,
  Member,
  MemberRole,
  NoticeItem,
  NoticePage,
  SessionView,
  SignedIn,
  Unread,
  UserInput,
  WeChatSignIn,
} from './people'
import type {
  Added,
  Address,
  AddressFields,
  Amendment,
  AmendmentPreview,
  AmendmentSummary,
  AmendRequest,
  AskedQuantities,
  Blanket,
  BlanketSummary,
  Brand,
  Card,
  Cart,
  CartDetails,
  Category,
  Change,
  Consent,
  ConsentPage,
  ConsentRule,
  Coupon,
  Credit,
  DraftSummary,
  Home,
  LearnedPhrase,
  ListSummary,
  Message,
  OrderDetail,
  OrderSummary,
  Page,
  Pasted,
  Payment,
  Phrase,
  Placed,
  PriceWhy,
  ProductPage,
  Proposal,
  ProposalPage,
  ShipTo,
  ShoppingList,
  Slip,
  SlipRequest,
  UnitName,
  UsualLine,
  WaitingOrder,
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
  usual: () => get<UsualLine[]>('usual'),
  why: (sku: string, unit: string, quantity: string) => get<PriceWhy>('price', { sku, unit, quantity }),
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
  /** `expected_gross` is the total that was seen: a higher one is asked about first. */
  submit: (id: string, seen: Seen) => ask<Placed>('post', `drafts/${id}/submit`, { body: seen, key: id }),
  askConsent: (id: string, seen: Seen, message: string, use_rebate = false) =>
    post<Consent>(`drafts/${id}/ask`, { ...seen, message: message || null, use_rebate }),
  why: ({ sku, unit, part }: { sku: string; unit: string; part?: string | null }) =>
    get<PriceWhy>('cart/why', { sku, unit, ...(part && { part }) }),
  coupons: () => get<Coupon[]>('coupons'),
}

/** What somebody looked at before they said yes to it. */
export interface Seen {
  revision: number
  expected_gross: string | null
  use_rebate?: string | null
}

export function seen(of: { revision: number; totals: { gross?: string } }): Seen {
  return { revision: of.revision, expected_gross: of.totals.gross ?? null }
}

/** What colleagues agree to before it goes to the seller. */
export const consents = {
  list: (state?: string, cursor?: string | null) => get<Page<Consent>>('consents', { state, cursor }),
  read: (id: string) => get<ConsentPage>(`consents/${id}`),
  approve: (id: string, of: Seen, answer: string) =>
    ask<Placed>('post', `consents/${id}/approve`, { body: { ...of, answer: answer || null }, key: id }),
  change: (id: string, wanted: AskedQuantities) => put<ConsentPage>(`consents/${id}/lines`, wanted),
  reject: (id: string, reason: string) => post<Consent>(`consents/${id}/reject`, { reason }),
  takeBack: (id: string) => post<Consent>(`consents/${id}/take-back`),
  rule: async () => {
    const { data, etag } = await client.answer<ConsentRule>('get', '/portal/v1/settings/consent')
    return { rule: data, revision: Number((etag ?? '"1"').replace(/\D/g, '')) }
  },
  saveRule: (rule: ConsentRule, revision: number) => put<ConsentRule>('settings/consent', rule, revision),
}

export const inbox = {
  list: (unread: boolean, cursor?: string | null) =>
    get<Page<Message>>('inbox', { unread: unread || undefined, cursor }),
  count: () => get<{ unread: number }>('inbox/count'),
  read: (ids: string[] | null) => post<{ unread: number }>('inbox/read', ids ? { ids } : { all: true }),
}

export const blankets = {
  list: (cursor?: string | null) => get<Page<BlanketSummary>>('blanket-orders', { cursor }),
  read: (id: string) => get<Blanket>(`blanket-orders/${id}`),
}

export const pasting = {
  text: (text: string) => post<Pasted>('paste', { text }),
  sheet: (bytes: Blob | ArrayBuffer, name: string) =>
    ask<Pasted>('post', 'paste/sheet', {
      query: { name },
      body: bytes,
      headers: { 'content-type': 'application/octet-stream' },
    }),
  learn: (phrases: Phrase[]) => post<{ learned: number }>('paste/learn', { phrases }),
  phrases: (cursor?: string | null) => get<Page<LearnedPhrase>>('paste/phrases', { cursor }),
  forget: (id: string) => remove(`paste/phrases/${id}`),
}

export const drafts = {
  list: (cursor?: string | null) => get<Page<DraftSummary>>('drafts', { cursor }),
  resume: (id: string) => post<Cart>(`drafts/${id}/resume`),
  remove: (id: string) => remove(`drafts/${id}`),
}

export const proposals = {
  list: (state?: string, cursor?: string | null) => get<Page<Proposal>>('proposals', { state, cursor }),
  read: (id: string) => get<ProposalPage>(`proposals/${id}`),
  confirm: (id: string, of: Seen) => ask<Placed>('post', `proposals/${id}/confirm`, { body: of, key: id }),
  decline: (id: string, reason: string) => post<Proposal>(`proposals/${id}/decline`, { reason: reason || null }),
}

export const orders = {
  list: (filter: { stage?: string; search?: string; cursor?: string | null; limit?: number }, signal?: AbortSignal) =>
    get<Page<OrderSummary>>('orders', filter, signal),
  read: (id: string) => get<OrderDetail>(`orders/${id}`),
  cancel: (id: string, reason: string, key: string) =>
    post<OrderDetail>(`orders/${id}/cancel`, { reason: reason || null }, key),
  reorder: (id: string, key: string) => post<Added>(`orders/${id}/reorder`, undefined, key),
  why: (id: string, line: number) => get<PriceWhy>(`orders/${id}/lines/${line}/price`),
  waiting: (id: string) => get<WaitingOrder>(`orders/${id}/waiting`),
  previewAmendment: (id: string, wanted: AmendRequest) =>
    post<AmendmentPreview>(`orders/${id}/amendments/preview`, wanted),
  amend: (id: string, wanted: AmendRequest, key: string) => post<Amendment>(`orders/${id}/amendments`, wanted, key),
  amendments: (id: string) => get<AmendmentSummary[]>(`orders/${id}/amendments`),
  amendment: (id: string, amendment: string) => get<Amendment>(`orders/${id}/amendments/${amendment}`),
  consentToAmendment: (id: string, amendment: string) =>
    post<Amendment>(`orders/${id}/amendments/${amendment}/consent`, {}),
  rejectAmendment: (id: string, amendment: string, reason: string) =>
    post<Amendment>(`orders/${id}/amendments/${amendment}/reject`, { reason: reason || null }),
  withdrawAmendment: (id: string, amendment: string) =>
    post<Amendment>(`orders/${id}/amendments/${amendment}/withdraw`, {}),
  payment: (id: string) => get<Payment>(`orders/${id}/payment`),
  payByBalance: (id: string, key: string) => post<Payment>(`orders/${id}/pay-by-balance`, { amount: null }, key),
  upload: (id: string, bytes: Blob | ArrayBuffer) =>
    ask<{ sha256: string }>('post', `orders/${id}/files`, {
      body: bytes,
      headers: { 'content-type': 'application/octet-stream' },
    }),
  sendSlip: (id: string, slip: SlipRequest, key: string) => post<Slip>(`orders/${id}/slips`, slip, key),
  withdrawSlip: (id: string, slip: string) => post<Slip>(`orders/${id}/slips/${slip}/withdraw`, {}),
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
  saveUser: (user: UserInput) => put<unknown>('users', { items: [user] }),
  givePassword: (id: string) => post<{ password: string }>(`users/${id}/password`, {}),
}

/** The people of the company one works for, as its administrator looks after them. */
export const members = {
  list: (cursor?: string | null) => get<Page<Member>>('members', { cursor, limit: 200 }),
  roles: () => get<MemberRole[]>('member-roles'),
  setRoles: (id: string, roles: string[]) => put<void>(`members/${id}/roles`, { roles }),
  remove: (id: string) => remove(`members/${id}`),
  invite: (wanted: { roles: string[]; name: string | null }) => post<InvitationLink>('invitations', wanted),
  invitations: () => get<Page<InvitationState>>('invitations'),
  takeBack: (id: string) => remove(`invitations/${id}`),
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
