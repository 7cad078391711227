import { compare, type OrderPage, type ShipTo, tidy } from '@dinghuo/api'

/** What a person changed of an order; a field left out stays as it is. */
export interface Form {
  lines: Record<number, { quantity?: string; price?: string; remove?: boolean; ship_to?: ShipTo | null }>
  added: { sku: string; name: string; quantity: string; unit: string }[]
  requested_date?: string
  customer_reference?: string
  note?: string
  reprice: boolean
  reason: string
}
export const blankForm = (): Form => ({ lines: {}, added: [], reprice: false, reason: '' })

const differs = (typed: string | undefined, now: string | null | undefined): typed is string => {
  const wanted = typed === undefined ? null : tidy(typed)
  return wanted !== null && (now == null || compare(wanted, now) !== 0)
}

/** The request to the server: only what differs from the order as it was read. */
export function requestOf(order: Pick<OrderPage, 'revision' | 'lines'>, form: Form): object {
  const lines: object[] = []
  for (const line of order.lines) {
    const wanted = form.lines[line.line_no]
    if (!wanted) continue
    if (wanted.remove) lines.push({ line_no: line.line_no, remove: true })
    else {
      const quantity = differs(wanted.quantity, line.quantity) && { quantity: tidy(wanted.quantity) }
      const price = differs(wanted.price, line.deal?.deal_price) && { price: tidy(wanted.price) }
      const place = wanted.ship_to !== undefined && { ship_to: wanted.ship_to }
      if (quantity || price || place) lines.push({ line_no: line.line_no, ...quantity, ...price, ...place })
    }
  }
  for (const { sku, quantity, unit } of form.added) lines.push({ sku, quantity: tidy(quantity) ?? quantity, unit })
  const head = (['requested_date', 'customer_reference', 'note'] as const)
    .filter(name => form[name] !== undefined)
    .map(name => [name, form[name] || null])
  return {
    revision: order.revision,
    ...(form.reason.trim() && { reason: form.reason.trim() }),
    ...(form.reprice && { reprice: true }),
    ...Object.fromEntries(head),
    ...(lines.length && { lines }),
  }
}
