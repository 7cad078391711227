import type { ComputedRef, Ref } from 'vue'
import type { GridColumn } from '@/components/grid/types'
import { isBlank } from './lines'
import type { Cells, Offered } from './useCells'
import type { EntryState } from './useEntry'

/** What keys do in the cells: one set while something is typed, another between. */
export function useCellKeys(options: {
  cells: Cells
  state: EntryState
  columns: ComputedRef<GridColumn[]>
  goods: Readonly<Ref<Offered<{ code: string }> | null>>
  units: Readonly<Ref<Offered<string> | null>>
  /** Enter on the empty last line. */
  done(): void
}) {
  const { cells, state, columns } = options
  const { grid, rows, columnKey, activeLine } = cells
  const { active, editing } = grid

  const isBlankEnd = () => active.row === rows.value.length - 1 && !!activeLine.value && isBlank(activeLine.value)

  function onKey(event: KeyboardEvent): void {
    if (event.isComposing || event.keyCode === 229 || event.altKey) return
    const used = editing.value ? editKey(event) : moveKey(event)
    if (!used) return
    event.preventDefault()
    event.stopPropagation()
    if (cells.isFocused.value) void cells.focus()
  }

  function editKey(event: KeyboardEvent): boolean {
    const key = columnKey()
    const list = key === 'sku' ? options.goods.value : key === 'unit' ? options.units.value : null
    if (event.ctrlKey || event.metaKey) return false
    if ((event.key === 'ArrowDown' || event.key === 'ArrowUp') && list) list.move(event.key === 'ArrowDown' ? 1 : -1)
    else if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      cells.commit()
      grid.go(active.row + (event.key === 'ArrowDown' ? 1 : -1), active.column)
    } else if (event.key === 'Enter' && key === 'sku') cells.takeTyped()
    else if (event.key === 'Tab' && key === 'sku' && !event.shiftKey) cells.takeTyped()
    else if (event.key === 'Enter') {
      cells.commit()
      onward(event.shiftKey)
    } else if (event.key === 'Tab') {
      cells.commit()
      grid.goOn(event.shiftKey ? -1 : 1)
    } else if (event.key === 'Escape') cells.cancel()
    else return false
    return true
  }

  /** Enter: from goods to quantity, from anything else to the next line. */
  function onward(back = false): void {
    const quantity = columns.value.findIndex(column => column.key === 'quantity')
    if (back) grid.go(active.row - 1, active.column)
    else if (columnKey() === 'sku') grid.go(active.row, quantity)
    else grid.go(active.row + 1, 0)
  }

  function moveKey(event: KeyboardEvent): boolean {
    const mod = event.ctrlKey || event.metaKey
    if (step(event, mod)) return true
    if (event.key === 'Tab') return tab(event.shiftKey)
    if (state.isFrozen.value) return false
    if (event.key === 'Enter' && !mod) {
      if (!isBlankEnd() || columnKey() !== 'sku') onward(event.shiftKey)
      else if (rows.value.length > 1) options.done()
    } else if ((event.key === 'Delete' || event.key === 'Backspace') && mod) cells.remove(active.row)
    else if (event.key === 'Delete' || event.key === 'Backspace') grid.clear()
    else if (mod && event.key.toLowerCase() === 'z') (event.shiftKey ? grid.redo : grid.undo)()
    else if (mod && event.key.toLowerCase() === 'y') grid.redo()
    else if (mod && event.key.toLowerCase() === 'd') grid.fillDown()
    else if (mod && event.key.toLowerCase() === 'a') {
      grid.go(0, 0)
      grid.go(rows.value.length - 2, columns.value.length - 1, true)
    } else return false
    return true
  }

  function step(event: KeyboardEvent, mod: boolean): boolean {
    const extend = event.shiftKey
    const far = mod ? Number.MAX_SAFE_INTEGER : 1
    const { row, column } = active
    const moves: Record<string, () => void> = {
      ArrowDown: () => grid.go(row + far, column, extend),
      ArrowUp: () => grid.go(row - far, column, extend),
      ArrowRight: () => grid.go(row, column + far, extend),
      ArrowLeft: () => grid.go(row, column - far, extend),
      PageDown: () => grid.go(row + 12, column, extend),
      PageUp: () => grid.go(row - 12, column, extend),
      Home: () => grid.go(mod ? 0 : row, 0, extend),
      End: () => grid.go(mod ? rows.value.length - 1 : row, columns.value.length - 1, extend),
      F2: () => cells.begin(true),
    }
    const move = moves[event.key]
    move?.()
    return !!move
  }

  function tab(back: boolean): boolean {
    const isLast = active.row === rows.value.length - 1 && active.column >= columns.value.length - 1
    // Out of the grid at its ends: nobody is caught in it.
    if (back ? active.row === 0 && active.column === 0 : isLast || isBlankEnd()) return false
    grid.goOn(back ? -1 : 1)
    return true
  }

  return onKey
}
