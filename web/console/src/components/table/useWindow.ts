import { computed, onBeforeUnmount, onMounted, type Ref, ref, watch } from 'vue'

const BEYOND = 8

/** Which rows of equal height are in sight of a scrolling pane, and some beyond. */
export function useWindow(
  pane: Readonly<Ref<HTMLElement | null>>,
  count: () => number,
  height: Readonly<Ref<number>>,
) {
  const top = ref(0)
  const size = ref(800)
  const from = computed(() => Math.max(0, Math.min(Math.floor(top.value / height.value) - BEYOND, count() - 1)))
  const until = computed(() => Math.min(count(), Math.ceil((top.value + size.value) / height.value) + BEYOND))

  let watcher: ResizeObserver | undefined
  const onScroll = () => void (top.value = pane.value?.scrollTop ?? 0)
  onMounted(() => {
    watcher = new ResizeObserver(() => void (size.value = pane.value?.clientHeight ?? 0))
    watch(
      pane,
      (now, before) => {
        if (before) watcher?.unobserve(before)
        before?.removeEventListener('scroll', onScroll)
        if (now) watcher?.observe(now)
        now?.addEventListener('scroll', onScroll, { passive: true })
      },
      { immediate: true },
    )
  })
  onBeforeUnmount(() => {
    watcher?.disconnect()
    pane.value?.removeEventListener('scroll', onScroll)
  })

  /** Scroll no further than needed for this row to be seen; `head` pixels at the top are covered. */
  function reveal(index: number, head = 37): void {
    const element = pane.value
    if (!element) return
    const start = index * height.value
    if (start < element.scrollTop) element.scrollTop = start
    else if (start + height.value + head > element.scrollTop + element.clientHeight)
      element.scrollTop = start + height.value + head - element.clientHeight
    onScroll()
  }
  return { from, until, reveal }
}
