/** What is known of a line by now: from the server's look at it, from what was found, from what is usually bought. */

import { nameIn } from '@/composables/useWordLists'
import type { Line, PreviewLine } from './types'
import type { EntryState } from './useEntry'

export function pricedOf(state: EntryState, line: Line): PreviewLine | undefined {
  const found = state.priced.value.get(line.id)
  // Other goods were put in since it was priced.
  return found && found.sku === line.sku ? found : undefined
}

export function nameOf(state: EntryState, line: Line): string {
  const known = state.skus.get(line.sku) ?? state.usualBySku.value.get(line.sku)
  const priced = pricedOf(state, line)
  return nameIn(priced ? { name: priced.name, name_en: known?.name_en } : known)
}

export const unitOf = (state: EntryState, line: Line): string =>
  state.unitName(line.unit || pricedOf(state, line)?.unit || state.skus.get(line.sku)?.sales_unit)
