/** Approvals as the server tells them. */

export type RequestState = 'open' | 'approved' | 'rejected' | 'withdrawn'
export type FactType = 'number' | 'integer' | 'text' | 'flag' | 'texts'
export type FactValue = string | number | boolean | string[] | null

export interface PolicyName {
  code: string
  name: string
  name_en: string | null
  version: number
}

/** A request in the inbox. */
export interface ApprovalItem {
  id: string
  subject_kind: string
  subject_id: string
  title: string
  state: RequestState
  customer: { id: string; code: string; name: string } | null
  requested_by: string
  opened_at: string
  expires_at: string | null
  decided_at: string | null
  step: { step_no: number; steps: number; name: string; name_en: string | null; due_at: string | null } | null
  on_behalf_of: string[]
  policies: PolicyName[]
  facts: Record<string, FactValue>
  revision: number
}

export interface AskedPerson {
  id: string
  login: string
  name: string
  origin: string
  state: string
  delegates: string[]
}

export interface StepOf {
  step_no: number
  name: string
  name_en: string | null
  mode: 'any' | 'all' | 'of'
  needed: number | null
  state: string
  opened_at: string | null
  due_at: string | null
  closed_at: string | null
  people: AskedPerson[]
}

export interface Decision {
  at: string
  verb: string
  by: string
  on_behalf_of: string | null
  comment: string | null
  step_no: number | null
  target: string | null
  to_step: number | null
}

export interface Action {
  name: string
  allowed: boolean
  reasons: { message: string }[]
}

/** A request with all that is known of it. */
export interface ApprovalDetail extends ApprovalItem {
  fact_labels: Record<string, { label: string; label_en: string | null; type: FactType }>
  steps: StepOf[]
  decisions: Decision[]
  actions: Action[]
}

export type Approver = { by: 'role'; code: string } | { by: 'user'; code: string } | { by: 'person_of'; word: string }

export interface PolicyStep {
  name: string
  name_en?: string | null
  mode: 'any' | 'all' | 'of'
  needed: number | null
  approvers: Approver[]
  due_hours: number | null
  on_timeout: 'remind' | 'escalate' | null
  escalate_to: Approver[] | null
}

export interface Policy {
  id: string
  code: string
  subject_kind: string
  name: string
  name_en: string | null
  position: number
  active: boolean
  version: number
  revision: number
  condition: string
  uses: string[]
  steps: PolicyStep[]
  waives: string[]
  expires_hours: number | null
  updated_at: string
  updated_by: string | null
}

export interface Fact {
  name: string
  type: FactType
  label: string
  label_en: string | null
  secret: string | null
}

interface Word {
  word: string
  label: string
  label_en: string | null
}

export interface KindView {
  kind: string
  name: string
  name_en: string | null
  facts: Fact[]
  people: Word[]
  waives: Word[]
  has_past: boolean
}

export interface Tried {
  looked_at: number
  matched: number
  unsure?: string[]
  items: { id: string; title: string; who: string; at: string; facts: Record<string, FactValue> }[]
}

export const TONES = { open: 'info', approved: 'good', rejected: 'bad', withdrawn: 'calm' } as const
export const STEP_TONES: Record<string, 'good' | 'bad' | 'info' | 'calm'> = {
  waiting: 'calm',
  open: 'info',
  done: 'good',
  rejected: 'bad',
  skipped: 'calm',
}
