import { formatDecimal, isDecimal } from '@dinghuo/api'
import { type ComputedRef, computed, nextTick, type Ref, ref, watch } from 'vue'
import { t } from '@/app/i18n'
import { toast } from '@/app/toasts'
import type { GridColumn, GridRow } from '@/components/grid/types'
import { useGrid } from '@/components/grid/useGrid'
import { blankLine, type Fix, isBlank, placeLines, priceTyped, quantityWithUnit, unitCode, withBlank } from './lines'
import { nameOf, pricedOf } from './shown'
import type { Line } from './types'
import type { EntryState } from './useEntry'
import type { Suggestions } from './useSuggestions'

/** What is offered below a cell while one types into it. */
export interface Offered<T> {
  move(by: 1 | -1): void
  chosen(): T | undefined
}

const trimmed = (value: string) => formatDecimal(value).replace(/,/g, '')

/** The cells of an order's lines: where one is, what is typed, and what becomes of it when one leaves. */
export function useCells(options: {
  state: EntryState
  suggestions: Suggestions
  columns: ComputedRef<GridColumn[]>
  input: Readonly<Ref<HTMLInputElement[] | null>>
  goods: Readonly<Ref<Offered<{ code: string }> | null>>
  units: Readonly<Ref<Offered<string> | null>>
}) {
  const { state, suggestions, columns, goods, units } = options
  const rows = computed<GridRow[]>({
    get: () => state.entry.lines,
    set: next => void (state.entry.lines = withBlank(next as Line[])),
  })
  const grid = useGrid({ rows, columns: () => columns.value, create: blankLine, changed: () => undefined })
  const { active, editing } = grid
  const text = ref('')
  const isFocused = ref(false)
  const cell = ref<HTMLElement | null>(null)

  const field = () => options.input.value?.[0]
  const line = (index: number) => state.entry.lines[index]
  const activeLine = computed(() => line(active.row))
  const at = (key: string) => columns.value.findIndex(column => column.key === key)
  const columnKey = () => columns.value[active.column]?.key ?? ''
  watch(
    () => [active.row, active.column],
    () => void nextTick(() => void (cell.value = field()?.parentElement ?? null)),
    { immediate: true },
  )

  async function focus(): Promise<void> {
    await nextTick()
    const here = field()
    here?.focus({ preventScroll: true })
    here?.closest('.line')?.scrollIntoView({ block: 'nearest' })
    cell.value = here?.parentElement ?? null
  }

  function goTo(lineId: string | number, key = 'sku'): void {
    const row = typeof lineId === 'number' ? lineId : state.entry.lines.findIndex(each => each.id === lineId)
    if (row < 0) return
    commit()
    grid.go(row, Math.max(0, at(key)))
    void focus()
  }

  function write(row: number, values: Partial<Record<keyof Line & string, string>>): void {
    const cells = Object.entries(values).flatMap(([key, value]) =>
      at(key) >= 0 && value !== undefined ? [{ row, column: at(key), value }] : [],
    )
    grid.set(cells)
    state.entry.lines = withBlank(state.entry.lines)
  }

  function begin(keep: boolean): void {
    const row = activeLine.value
    const column = columns.value[active.column]
    if (!row || !column || state.isFrozen.value || grid.isFixed(row, column)) return
    if (keep) text.value = String(row[column.key] ?? '')
    editing.value = true
    void nextTick(() => keep && field()?.select())
  }

  function cancel(): void {
    editing.value = false
    text.value = ''
  }

  /** Takes what was typed into the cell it was typed into. */
  function commit(): void {
    if (!editing.value) return
    const key = columnKey()
    const row = active.row
    const typed = text.value.trim()
    const unit = units.value?.chosen()
    cancel()
    const present = line(row)
    if (!present) return
    if (key === 'quantity') {
      const both = quantityWithUnit(typed, state.units.value)
      const bare = typed.replace(/[,，]/g, '')
      write(row, both ?? { quantity: isDecimal(bare) ? bare : typed })
    } else if (key === 'price') {
      const price = priceTyped(typed, pricedOf(state, present)?.list_price ?? null)
      if (price === null) toast(t('order-entry.badPrice', { price: typed }), 'bad')
      else write(row, { price })
    } else if (key === 'unit') {
      write(row, { unit: unit ?? unitCode(typed, state.units.value) ?? typed })
    } else if (key === 'sku') {
      write(row, { sku: typed })
    }
  }

  /** These goods in this line, with what the customer usually takes of them, to be typed over. */
  function take(row: number, code: string): void {
    cancel()
    const usual = state.usualBySku.value.get(code)
    const present = line(row)
    const isNew = present && present.sku !== code
    write(row, {
      sku: code,
      ...(isNew && present.sku && { unit: '', price: '' }),
      ...(!present?.quantity && usual && { quantity: trimmed(usual.usual_quantity) }),
      ...((isNew || !present?.unit) && usual && { unit: usual.unit }),
    })
    goTo(row, 'quantity')
  }

  /** Enter in the cell of goods: the chosen one; typed faster than it was found, it is put in as soon as it is. */
  function takeTyped(): void {
    const row = active.row
    const choice = goods.value?.chosen()
    if (choice && !state.isUsualLoading.value) take(row, choice.code)
    else if (!text.value.trim()) cancel()
    else {
      if (choice) text.value = choice.code
      commit()
      const present = line(row)
      if (present) suggestions.choose(present)
      goTo(row, 'quantity')
    }
  }

  function remove(row: number): void {
    const gone = line(row)
    if (!gone || isBlank(gone)) return
    state.entry.lines = withBlank(state.entry.lines.filter(each => each.id !== gone.id))
    grid.go(Math.min(row, state.entry.lines.length - 1), active.column)
    toast(t('order-entry.lineRemoved', { name: nameOf(state, gone) || gone.sku }), 'plain', {
      undo: () => {
        const lines = [...state.entry.lines]
        lines.splice(row, 0, gone)
        state.entry.lines = withBlank(lines)
      },
    })
    void focus()
  }

  /** Put right what one tap can put right. */
  function mend(row: Line, fix: Fix): void {
    const index = state.entry.lines.findIndex(each => each.id === row.id)
    if (fix.key === 'remove') remove(index)
    else {
      write(index, { [fix.key]: fix.value })
      if (fix.key === 'sku') goTo(index, row.quantity ? 'sku' : 'quantity')
    }
    state.look()
  }

  /** Lines put in from beside the grid. */
  function add(added: readonly Line[]): void {
    state.entry.lines = placeLines(state.entry.lines, state.entry.lines.length, added)
  }

  return {
    grid,
    rows,
    text,
    isFocused,
    cell,
    line,
    activeLine,
    columnKey,
    focus,
    goTo,
    write,
    begin,
    cancel,
    commit,
    take,
    takeTyped,
    remove,
    mend,
    add,
  }
}

export type Cells = ReturnType<typeof useCells>
