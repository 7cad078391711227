/** Of a long list only the rows near the window are drawn. All rows are equally high; the page says how far it scrolled. */

import { computed, getCurrentInstance, nextTick, onMounted, type Ref, ref, watch } from 'vue'

export interface Rows<T> {
  items: Ref<T[]>
  rowHeight: Ref<number>
  columns: Ref<number>
  scrollTop: Ref<number>
  /** The last rows are near: time to fetch more. */
  onEnd: () => void
}

const SPARE = 4
const GAP = 8

export interface Span {
  first: number
  count: number
}

/** Which rows to draw: those in the window and a few beyond it on both sides. */
export function span(scrolled: number, windowHeight: number, pitch: number, rows: number): Span {
  const first = Math.min(Math.max(0, Math.floor(scrolled / pitch) - SPARE), Math.max(0, rows - 1))
  return { first, count: Math.ceil(windowHeight / pitch) + 2 * SPARE }
}

export function useVirtual<T>({ items, rowHeight, columns, scrollTop, onEnd }: Rows<T>) {
  const instance = getCurrentInstance()
  const windowHeight = uni.getSystemInfoSync().windowHeight || 800
  const top = ref(0)

  const pitch = computed(() => rowHeight.value + GAP)
  const rows = computed(() => Math.ceil(items.value.length / columns.value))
  const drawn = computed(() => span(scrollTop.value - top.value, windowHeight, pitch.value, rows.value))
  const first = computed(() => drawn.value.first)
  const shown = computed(() =>
    items.value.slice(first.value * columns.value, (first.value + drawn.value.count) * columns.value),
  )
  const boxStyle = computed(() => `height:${Math.max(0, rows.value * pitch.value - GAP)}px`)
  const windowStyle = computed(
    () =>
      `transform:translateY(${first.value * pitch.value}px);` +
      `grid-template-columns:repeat(${columns.value},minmax(0,1fr));gap:${GAP}px`,
  )
  const isNearEnd = computed(() => first.value + drawn.value.count >= rows.value - SPARE)

  const measure = () => {
    void nextTick(() => {
      uni
        .createSelectorQuery()
        .in(instance?.proxy)
        .select('.virtual')
        .boundingClientRect(found => {
          const box = Array.isArray(found) ? found[0] : found
          if (box?.top !== undefined) top.value = box.top + scrollTop.value
        })
        .exec()
    })
  }
  onMounted(measure)
  watch([() => items.value.length, isNearEnd], () => {
    measure()
    if (isNearEnd.value) onEnd()
  })
  return { shown, boxStyle, windowStyle }
}
