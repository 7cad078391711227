/** Where a banner or notice leads: `sku:A-100`, `category:DRINKS`, `notice:<id>` or an address. */

import { wanted } from '@/finding'
import { t } from '@/i18n'
import { say } from '@/saying'
import { go } from '@/screen'

const PAGES = new Set(['notice', 'order', 'proposal', 'consent', 'drafts'])

export function follow(link: string | null): void {
  const [kind, ...rest] = (link ?? '').split(':')
  const target = rest.join(':')
  if (PAGES.has(kind ?? '')) go(target ? `${kind}?id=${target}` : (kind ?? ''))
  else if (kind === 'category') find({ category: target, search: '' })
  else if (kind === 'sku') find({ category: '', search: target })
  else if (kind === 'https') leave(link ?? '')
}

export function find(changed: Partial<typeof wanted>): void {
  Object.assign(wanted, { brand: '', inStock: false, bought: false, ...changed })
  go('find')
}

function leave(address: string): void {
  // #ifdef H5
  window.open(address, '_blank', 'noopener,noreferrer')
  // #endif
  // #ifndef H5
  uni.setClipboardData({ data: address, success: () => say({ text: t('notice.copied') }) })
  // #endif
}
