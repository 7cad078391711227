/** The phone's camera reads a barcode; the goods it belongs to go into the cart. */

import { ApiError, newKey } from '@dinghuo/api'
import { cart } from '@/api/routes'
import * as basket from '@/cart/store'
import { t } from '@/i18n'
import { put } from '@/ordering'
import { up } from '@/quantities'
import { say } from '@/saying'
import { go } from '@/screen'
import { explain, named } from '@/shown'

export function scan(): void {
  uni.scanCode({
    scanType: ['barCode', 'qrCode'],
    success: ({ result }) => void take(result),
  })
}

/** One more of what carries this code, in the code's own unit. */
export async function take(code: string): Promise<boolean> {
  try {
    const looked = await cart.quick([{ code, quantity: '1', unit: null }], false, newKey())
    const entry = looked.entries[0]
    const sku = entry?.sku
    const unit =
      sku?.units.find(one => one.unit === entry?.unit) ?? sku?.units.find(one => one.unit === sku.default_unit)
    if (!sku || !unit) {
      say({ text: entry?.problem?.message ?? t('fast.unknown', { code }), tone: 'bad' })
      return false
    }
    put(sku, unit.unit, up(basket.quantityIn(sku.code, unit.unit), unit.minimum, unit.step))
    say({
      text: t('fast.scanned', { name: named(sku) }),
      tone: 'good',
      action: { label: t('cart.toCart'), run: () => go('cart') },
    })
    return true
  } catch (error) {
    if (!(error instanceof ApiError)) throw error
    say({ text: explain(error), tone: 'bad' })
    return false
  }
}
