import { t } from '@/app/i18n'
import { may } from '@/app/session'
import { toast } from '@/app/toasts'
import { blankLine, isChat, placeLines, readPaste, withBlank } from './lines'
import type { Cells } from './useCells'
import type { EntryState } from './useEntry'

/** The clipboard over the cells: a block from Excel becomes lines, a chat message goes to who can read it. */
export function useCellPaste(options: { cells: Cells; state: EntryState; chat(text: string): void }) {
  const { cells, state } = options
  const { grid } = cells

  function onCopy(event: ClipboardEvent): void {
    if (grid.editing.value) return
    event.clipboardData?.setData('text/plain', grid.copy())
    event.preventDefault()
  }

  function onPaste(event: ClipboardEvent): void {
    const pasted = event.clipboardData?.getData('text/plain') ?? ''
    const isBlock = /[\t\n\r]/.test(pasted.trim())
    if (state.isFrozen.value || (grid.editing.value && !isBlock)) return
    event.preventDefault()
    cells.cancel()
    if (cells.columnKey() === 'sku' && isChat(pasted)) return void options.chat(pasted)
    if (cells.columnKey() === 'sku' && isBlock) pasteLines(pasted)
    else grid.paste(pasted)
    state.entry.lines = withBlank(state.entry.lines)
    void cells.focus()
  }

  function pasteLines(pasted: string): void {
    const mayPrice = may('orders.set_price')
    const read = readPaste(pasted, state.units.value).filter(each => each.sku || each.quantity)
    const before = state.entry.lines
    const added = read.map(each => ({ ...blankLine(), ...each, price: mayPrice ? each.price : '' }))
    state.entry.lines = placeLines(before, grid.active.row, added)
    state.look()
    toast(t('order-entry.pasted', { n: added.length }), 'plain', { undo: () => void (state.entry.lines = before) })
    const last = state.entry.lines.findIndex(each => each.id === added.at(-1)?.id)
    grid.go(Math.max(0, last), 0)
  }

  return { onCopy, onPaste }
}
