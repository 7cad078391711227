/** The same again: an order's lines go into the cart; what can no longer be had is said. */

import { orders } from '@/api/routes'
import { refresh } from '@/cart/store'
import { t } from '@/i18n'
import { say } from '@/saying'
import { go } from '@/screen'
import { explain } from '@/shown'

export async function reorder(id: string, key: string): Promise<void> {
  try {
    const outcome = await orders.reorder(id, key)
    await refresh()
    const gone = outcome.entries.filter(entry => entry.problem)
    const text = gone.length
      ? t('order.reorderedPartly', { count: outcome.added, gone: gone.length, why: gone[0]?.problem?.message ?? '' })
      : t('order.reordered', { count: outcome.added })
    say({ text, tone: gone.length ? 'plain' : 'good', action: { label: t('cart.toCart'), run: () => go('cart') } })
  } catch (error) {
    say({ text: explain(error), tone: 'bad' })
  }
}
