export type Kind = 'notice' | 'policy' | 'banner'
export const KINDS: readonly Kind[] = ['notice', 'policy', 'banner']
export type Phase = 'draft' | 'scheduled' | 'current' | 'ended' | 'withdrawn'
export const PHASE_TONES = {
  draft: 'calm',
  scheduled: 'info',
  current: 'good',
  ended: 'calm',
  withdrawn: 'bad',
} as const

export interface Target {
  kind: 'everyone' | 'tier' | 'region' | 'channel' | 'customer'
  code?: string | null
  name?: string | null
  name_en?: string | null
}

export interface NoticeFile {
  sha256: string
  name: string
  content_type?: string
  size?: number
}

export interface NoticeRow {
  id: string
  kind: Kind
  title: string
  title_en: string | null
  picture: string | null
  link: string | null
  pinned: boolean
  must_read: boolean
  valid_from: string | null
  valid_until: string | null
  state: 'draft' | 'published' | 'withdrawn'
  phase: Phase
  audience: Target[]
  hidden_customers: number
  published_at: string | null
  published_by: string | null
  created_at: string
  updated_at: string
  revision: number
  read_users: number
  actions: string[]
}

export interface Notice extends NoticeRow {
  body: string
  body_en: string | null
  attachments: NoticeFile[]
}

/** What is edited of it. */
export interface NoticeValue {
  title: string
  title_en: string | null
  body: string
  body_en: string | null
  picture: string | null
  link: string | null
  attachments: NoticeFile[]
  pinned: boolean
  must_read: boolean
  valid_from: string | null
  valid_until: string | null
  audience: Target[]
}

export function editable(notice: Notice): NoticeValue {
  const {
    title,
    title_en,
    body,
    body_en,
    picture,
    link,
    attachments,
    pinned,
    must_read,
    valid_from,
    valid_until,
    audience,
  } = notice
  return {
    title,
    title_en,
    body,
    body_en,
    picture,
    link,
    attachments,
    pinned,
    must_read,
    valid_from,
    valid_until,
    audience,
  }
}

export const blankNotice = (): NoticeValue => ({
  title: '',
  title_en: null,
  body: '',
  body_en: null,
  picture: null,
  link: null,
  attachments: [],
  pinned: false,
  must_read: false,
  valid_from: null,
  valid_until: null,
  audience: [{ kind: 'everyone' }],
})

/** As it is sent: only what the server knows of files and targets. */
export function bodyOf(value: Partial<NoticeValue>): Record<string, unknown> {
  return {
    ...value,
    ...(value.attachments && { attachments: value.attachments.map(({ sha256, name }) => ({ sha256, name })) }),
    ...(value.audience && {
      audience: value.audience.map(({ kind, code }) => (kind === 'everyone' ? { kind } : { kind, code })),
    }),
  }
}
