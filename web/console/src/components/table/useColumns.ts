import { computed } from 'vue'
import type { Column } from './types'
import type { ListState } from './useListState'

interface Props<Row> {
  name: string
  columns: readonly Column<Row>[]
  selectable?: boolean
}

/** Which columns are shown: those in the address, else those chosen last on this device, else the page's own. */
export function useColumns<Row>(props: Props<Row>, state: ListState) {
  const place = `dinghuo.columns.${props.name}`
  const usual = computed(() => props.columns.filter(column => !column.optional).map(column => column.key))
  const chosen = computed(() => state.columns.value ?? localStorage.getItem(place)?.split(',') ?? usual.value)
  const shown = computed(() =>
    props.columns.filter((column, index) => index === 0 || chosen.value.includes(column.key)),
  )

  /** Show or hide one; null goes back to the page's own. */
  function choose(key: string | null): void {
    if (key === null) {
      localStorage.removeItem(place)
      // Set, then unset: what is kept on the device is not looked at otherwise.
      state.set({ columns: usual.value.join(',') })
      return
    }
    const next = chosen.value.includes(key) ? chosen.value.filter(each => each !== key) : [...chosen.value, key]
    localStorage.setItem(place, next.join(','))
    state.set({ columns: next.join(',') })
  }

  const template = computed(() =>
    [
      ...(props.selectable ? ['40px'] : []),
      ...shown.value.map(column =>
        column.grow ? `minmax(${column.width}px, ${column.grow}fr)` : `${column.width}px`,
      ),
    ].join(' '),
  )
  const width = computed(
    () => shown.value.reduce((sum, column) => sum + column.width, 0) + (props.selectable ? 40 : 0) + 24,
  )
  return { shown, chosen, choose, template, width }
}
