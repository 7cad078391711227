import { tidy } from '@dinghuo/api'
import { computed, type Ref, reactive, ref, shallowRef } from 'vue'
import { parseBlock, writeBlock } from './clipboard'
import type { CellChange, GridColumn, GridRow } from './types'

export interface GridOptions {
  rows: Ref<GridRow[]>
  columns: () => readonly GridColumn[]
  /** A new empty row, where pasting and going on beyond the end make rows. */
  create?: () => GridRow
  changed(changes: CellChange[]): void
}

interface Place {
  row: number
  column: number
}

const DEEP = 200

/** The state of a grid, apart from how it is drawn: where one is, what is chosen, what is changed and undone. */
export function useGrid({ rows, columns, create, changed }: GridOptions) {
  const active = reactive<Place>({ row: 0, column: 0 })
  const anchor = reactive<Place>({ row: 0, column: 0 })
  const editing = ref(false)
  const done = shallowRef<CellChange[][]>([])
  const undone = shallowRef<CellChange[][]>([])

  const area = computed(() => ({
    top: Math.min(active.row, anchor.row),
    bottom: Math.max(active.row, anchor.row),
    left: Math.min(active.column, anchor.column),
    right: Math.max(active.column, anchor.column),
  }))
  const isOne = computed(() => area.value.top === area.value.bottom && area.value.left === area.value.right)

  const column = (index: number) => columns()[index]
  const isFixed = (row: GridRow, at: GridColumn) =>
    typeof at.readonly === 'function' ? at.readonly(row) : !!at.readonly
  const valueAt = (row: number, at: number) => rows.value[row]?.[column(at)?.key ?? ''] ?? ''

  function go(row: number, at: number, extend = false): void {
    active.row = Math.max(0, Math.min(row, rows.value.length - 1))
    active.column = Math.max(0, Math.min(at, columns().length - 1))
    if (!extend) Object.assign(anchor, active)
    editing.value = false
  }

  /** To the next cell that can be typed into, over line ends; a new row behind the last one. */
  function goOn(by: 1 | -1): void {
    let { row, column: at } = active
    for (;;) {
      at += by
      if (at < 0 || at >= columns().length) {
        row += by
        at = by > 0 ? 0 : columns().length - 1
      }
      if (row < 0) return
      if (row >= rows.value.length && !grow(1)) return
      const found = rows.value[row]
      const place = column(at)
      if (found && place && !isFixed(found, place)) {
        go(row, at)
        return
      }
    }
  }

  function grow(count: number): boolean {
    if (!create) return false
    rows.value = [...rows.value, ...Array.from({ length: count }, create)]
    return true
  }

  function clean(value: string, at: GridColumn): string {
    return at.kind === 'decimal' ? (tidy(value) ?? value.trim()) : value
  }

  /** Set cells, all at once and undone at once; those that are read only keep what they have. */
  function set(cells: { row: number; column: number; value: string }[], remember = true): CellChange[] {
    const next = [...rows.value]
    const changes: CellChange[] = []
    for (const cell of cells) {
      const place = column(cell.column)
      const row = next[cell.row]
      if (!place || !row || isFixed(row, place)) continue
      const value = clean(cell.value, place)
      const was = row[place.key] ?? ''
      if (value === was) continue
      const now: GridRow = { ...row, [place.key]: value }
      next[cell.row] = now
      changes.push({ row: now, index: cell.row, key: place.key, value, was })
    }
    if (!changes.length) return changes
    rows.value = next
    if (remember) {
      done.value = [...done.value.slice(-DEEP), changes]
      undone.value = []
    }
    changed(changes)
    return changes
  }

  function replay(changes: CellChange[], pick: 'was' | 'value'): void {
    const at = new Map(rows.value.map((row, index) => [row.id, index]))
    const keys = columns().map(each => each.key)
    const cells = changes.flatMap(change => {
      const row = at.get(change.row.id)
      return row === undefined ? [] : [{ row, column: keys.indexOf(change.key), value: change[pick] }]
    })
    set(cells, false)
    const first = cells[0]
    if (first) go(first.row, first.column)
  }

  function undo(): void {
    const last = done.value.at(-1)
    if (!last) return
    done.value = done.value.slice(0, -1)
    undone.value = [...undone.value, last]
    replay(last, 'was')
  }

  function redo(): void {
    const last = undone.value.at(-1)
    if (!last) return
    undone.value = undone.value.slice(0, -1)
    done.value = [...done.value, last]
    replay(last, 'value')
  }

  /** The chosen cells as text for the clipboard. */
  function copy(): string {
    const { top, bottom, left, right } = area.value
    const block: string[][] = []
    for (let row = top; row <= bottom; row += 1) {
      block.push(Array.from({ length: right - left + 1 }, (_, at) => valueAt(row, left + at)))
    }
    return writeBlock(block)
  }

  /** From the active cell on; one value fills all that is chosen. Makes rows where they are missing. */
  function paste(text: string): { rows: number; columns: number } {
    const block = parseBlock(text)
    const { top, left, bottom, right } = area.value
    const only = block.length === 1 && block[0]?.length === 1 ? block[0][0] : undefined
    if (only !== undefined && !isOne.value) {
      fill(() => only)
      return { rows: bottom - top + 1, columns: right - left + 1 }
    }
    const missing = top + block.length - rows.value.length
    if (missing > 0) grow(missing)
    set(block.flatMap((row, down) => row.map((value, across) => ({ row: top + down, column: left + across, value }))))
    const width = Math.max(0, ...block.map(row => row.length))
    anchor.row = top
    anchor.column = left
    active.row = Math.min(top + block.length - 1, rows.value.length - 1)
    active.column = Math.min(left + width - 1, columns().length - 1)
    return { rows: block.length, columns: width }
  }

  function fill(value: (row: number, column: number) => string): number {
    const { top, bottom, left, right } = area.value
    const cells = []
    for (let row = top; row <= bottom; row += 1)
      for (let at = left; at <= right; at += 1) cells.push({ row, column: at, value: value(row, at) })
    return set(cells).length
  }

  return {
    active,
    anchor,
    area,
    isOne,
    editing,
    valueAt,
    isFixed,
    go,
    goOn,
    grow,
    set,
    undo,
    redo,
    copy,
    paste,
    clear: () => fill(() => ''),
    fillDown: () => fill((_, at) => valueAt(area.value.top, at)),
  }
}
