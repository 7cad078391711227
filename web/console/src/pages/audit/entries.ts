/** What an entry of the audit says, ready to be drawn. Pure. */

import { formatDecimal } from '@dinghuo/api'
import { priceKey, type Reader, shown, toldOf } from '@/pages/records/changes'

export interface ChangeLine {
  field: string
  from: string
  to: string
  /** Of lists: what came and what went. */
  added?: string[]
  gone?: string[]
}

export interface AuditWords extends Reader {
  fieldOf(field: string): string
  unitOf(code: string): string
  momentOf(moment: string): string
  /** For what was changed to something only machines can read. */
  changed: string
}

const MOMENT = /^\d{4}-\d{2}-\d{2}T[\d:.]+(Z|[+-]\d{2}:\d{2})$/

const isWords = (value: unknown): value is string[] =>
  Array.isArray(value) && value.every(each => typeof each === 'string')

/** Each field once: from what to what. */
export function linesOf(changes: Record<string, unknown> | null, words: AuditWords): ChangeLine[] {
  return toldOf(changes).flatMap(({ field, from, to }): ChangeLine[] => {
    const label = labelOf(field, words)
    if ((isWords(from) || from === null) && isWords(to) && (from?.length ?? 0) + to.length > 0) {
      const old = new Set(from ?? [])
      const now = new Set(to)
      const say = (each: string) => shown(each, field, words)
      const added = to
        .filter(each => !old.has(each))
        .map(say)
        .filter(each => each !== null)
      const gone = [...old]
        .filter(each => !now.has(each))
        .map(say)
        .filter(each => each !== null)
      return added.length + gone.length ? [{ field: label, from: '', to: '', added, gone }] : []
    }
    if (JSON.stringify(from) === JSON.stringify(to)) return []
    const [before, after] = [from, to].map(value =>
      typeof value === 'string' && MOMENT.test(value) ? words.momentOf(value) : shown(value, field, words),
    )
    if (before == null || after == null) return [{ field: label, from: '', to: words.changed }]
    return before === after ? [] : [{ field: label, from: before, to: after }]
  })
}

function labelOf(field: string, words: AuditWords): string {
  const line = /^line (\S+)(?: (.+))?$/.exec(field)
  if (line) return [line[1], line[2] && words.unitOf(line[2])].filter(Boolean).join(' · ')
  const price = priceKey(field)
  if (!price) return words.fieldOf(field)
  return `${price.sku} · ${words.unitOf(price.unit)}${/^0(\.0+)?$/.test(price.minimum) ? '' : ` ≥ ${formatDecimal(price.minimum)}`}`
}

/** The page of what was changed, where there is one. */
export function pageOf(kind: string, id: string, subject: string | null): string | undefined {
  const encoded = encodeURIComponent(subject ?? '')
  const pages: Record<string, string | undefined> = {
    order: `/orders/${id}`,
    customer: `/customers/${id}`,
    sku: `/products/skus/${id}`,
    sku_cost: `/products/skus/${id}`,
    sku_floor: `/products/skus/${id}`,
    product: `/products/${id}`,
    price_list: subject ? `/price-lists/${encoded}` : undefined,
    goods_receipt: `/stock/receipts/${id}`,
    app_user: `/settings/users/${id}`,
    role: '/settings/roles',
    organisation: '/settings/company',
    department: '/settings/departments',
    warehouse: '/settings/warehouses',
    tier: '/settings/words?of=tiers',
    region: '/settings/words?of=regions',
    channel: '/settings/words?of=channels',
    unit: '/settings/words?of=units',
    category: '/products/groups?of=categories',
    brand: '/products/groups?of=brands',
    api_key: '/settings/keys',
    notice: `/notices/${id}`,
    import: `/imports/${id}`,
    setting: '/settings/portal',
    wechat_app: '/settings/wechat',
    outbox_event: '/settings/operations',
  }
  return pages[kind]
}

/** Who may open such a page. */
export const PAGE_NEEDS: Record<string, string> = {
  order: 'orders.read',
  customer: 'parties.read',
  sku: 'catalogue.read',
  sku_cost: 'catalogue.read',
  sku_floor: 'catalogue.read',
  product: 'catalogue.read',
  category: 'catalogue.read',
  brand: 'catalogue.read',
  price_list: 'pricing.read',
  goods_receipt: 'inventory.read',
  app_user: 'identity.users',
  role: 'identity.users',
  department: 'identity.users',
  organisation: 'settings.write',
  setting: 'settings.write',
  wechat_app: 'settings.write',
  warehouse: 'inventory.adjust',
  tier: 'parties.read',
  region: 'parties.read',
  channel: 'parties.read',
  unit: 'catalogue.read',
  api_key: 'identity.keys',
  notice: 'notices.read',
  import: 'imports.run',
  outbox_event: 'operations.outbox',
}

/** What is done to everything, and what happens to some; what was done most comes first. */
export const KINDS = [
  'order',
  'draft',
  'customer',
  'sku',
  'product',
  'price_list',
  'sku_cost',
  'sku_floor',
  'stock_adjustment',
  'stock_count',
  'goods_receipt',
  'account',
  'notice',
  'app_user',
  'role',
  'api_key',
  'session',
  'invitation',
  'organisation',
  'department',
  'warehouse',
  'setting',
  'wechat_app',
  'import',
  'visit',
  'comment',
  'outbox_event',
] as const
export const ACTIONS = [
  'created',
  'updated',
  'deleted',
  'placed',
  'cancelled',
  'priced',
  'published',
  'withdrawn',
  'booked',
  'limit_set',
  'merged',
  'revoked',
  'rotated',
  'password_set',
  'second_factor_removed',
  'replayed',
  'dropped',
] as const
export const CHANNELS = ['console', 'portal', 'api', 'import', 'cli', 'system'] as const
