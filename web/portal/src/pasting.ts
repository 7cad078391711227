/** A text as it came by chat, read by the server: what is proposed, what was chosen instead, what goes into the cart. */

import { isDecimal, isZero } from '@dinghuo/api'
import type { PasteAlternative, Pasted, PasteLine, SkuCard, Wanted } from '@/api/types'

/** A proposed line as it stands on the screen. `sku` null: none was found, or chosen yet. */
export interface Proposal {
  line: PasteLine
  sku: SkuCard | null
  unit: string
  quantity: string
  isChecked: boolean
}

export interface Correction {
  phrase: string
  sku: string
  unit: string | null
}

export function proposalsOf(read: Pasted): Proposal[] {
  const cards = cardsOf(read)
  return read.lines.map(line => {
    const sku = line.sku === null ? null : (cards.get(line.sku) ?? null)
    return {
      line,
      sku,
      unit: line.unit ?? sku?.default_unit ?? '',
      quantity: line.quantity ?? '1',
      isChecked: !line.doubtful,
    }
  })
}

export function cardsOf(read: Pasted): Map<string, SkuCard> {
  return new Map(read.skus.map(card => [card.code, card]))
}

/** Other goods take the place of those proposed, by the unit that was said or the one they are sold by. */
export function choose(proposal: Proposal, sku: SkuCard, alternative?: PasteAlternative): Proposal {
  const has = (unit: string) => sku.units.some(one => one.unit === unit)
  const unit = alternative?.unit ?? (has(proposal.unit) ? proposal.unit : sku.default_unit)
  return { ...proposal, sku, unit, quantity: alternative?.quantity ?? proposal.quantity, isChecked: true }
}

export function isReady(proposal: Proposal): boolean {
  return proposal.sku !== null && isDecimal(proposal.quantity) && !isZero(proposal.quantity)
}

export function wantedIn(proposals: readonly Proposal[]): Wanted[] {
  return proposals.flatMap(one =>
    one.sku && isReady(one) ? [{ sku: one.sku.code, unit: one.unit, quantity: one.quantity }] : [],
  )
}

/** What somebody put right, so that it is right the next time. A unit counts only where it was changed itself. */
export function correctionsIn(proposals: readonly Proposal[]): Correction[] {
  return proposals.flatMap(({ line, sku, unit }) => {
    if (!sku || !line.phrase) return []
    const isOther = sku.code !== line.sku
    const isOtherUnit = !isOther && line.unit !== null && unit !== line.unit
    return isOther || isOtherUnit ? [{ phrase: line.phrase, sku: sku.code, unit: isOtherUnit ? unit : null }] : []
  })
}
