/** Who is asking, what they are told, and how they come in. */

import type { Ref } from './types'

export interface Me {
  id: string
  audience: 'dealer' | 'staff'
  name: string
  login: string | null
  language: 'zh' | 'en'
  company: { code: string; name: string; currency: string; time_zone: string }
  permissions: string[]
  must: 'password' | 'totp' | null
  has_second_factor: boolean
  sees_price: boolean
  customer_id: string | null
  customers: Ref[]
}

export interface SignedIn {
  csrf: string
  me: Me
  token?: string | null
}

export interface SessionView {
  id: string
  created_at: string
  seen_at: string
  expires_at: string
  address: string
  agent: string
  is_current: boolean
}

export interface UserView {
  id: string
  login: string
  name: string
  email: string | null
  mobile: string | null
  language: string
  state: 'active' | 'disabled'
  roles: string[]
  customers: string[]
  must_change_password: boolean
}

export interface UserInput {
  login: string
  name?: string
  mobile?: string | null
  state?: 'active' | 'disabled'
  roles?: string[]
}

export interface NoticeItem {
  id: string
  kind: 'notice' | 'policy' | 'banner'
  title: string
  summary: string
  picture: string | null
  pinned: boolean
  must_read: boolean
  valid_from: string | null
  read_at: string | null
}

export interface NoticePage extends NoticeItem {
  body: string
  link: string | null
  attachments: { sha256: string; name: string; content_type: string; size: number }[]
}

export interface Banner {
  id: string
  title: string
  picture: string
  link: string | null
}

export interface Invitation {
  company: { code: string; name: string }
  customer: string
  invited_by: string
  name: string | null
  roles: string[]
  expires_at: string
}

export interface WeChatSignIn {
  signed_in: SignedIn | null
  ticket: string | null
  expires_at: string | null
}

export interface Enrolment {
  secret: string
  uri: string
  [more: string]: unknown
}

export interface LiveMessage {
  kind: string
  id?: string | null
  customer_id?: string | null
  revision?: number
  skus?: string[] | null
}
