import { reactive, watch } from 'vue'
import { findSkus } from './ask'
import type { Line, SkuInfo } from './types'
import type { EntryState } from './useEntry'

const MOST = 40
const AT_ONCE = 4

/**
 * What a line may have meant whose code nobody knows. A code in other letters or a barcode is put right by itself; for
 * the rest the likeliest are offered. `choose` takes the best without asking: somebody pressed Enter on it.
 */
export function useSuggestions(state: EntryState) {
  const found = reactive(new Map<string, SkuInfo[]>())
  const asked = new Set<string>()
  const waiting: (() => Promise<void>)[] = []
  const chosen = new Set<Promise<void>>()
  let running = 0

  const keyOf = (text: string) => `${state.entry.customer?.code ?? ''}|${text.trim().toLowerCase()}`

  function enqueue(work: () => Promise<void>): void {
    waiting.push(work)
    while (running < AT_ONCE && waiting.length) {
      running += 1
      void waiting
        .shift()?.()
        .finally(() => {
          running -= 1
          const next = waiting.shift()
          if (next) enqueue(next)
        })
    }
  }

  async function ask(text: string): Promise<SkuInfo[]> {
    const key = keyOf(text)
    const known = found.get(key)
    if (known) return known
    const infos = await findSkus(text, state.entry.customer?.code, undefined, 5).catch(() => [])
    state.learn(infos)
    found.set(key, infos)
    return infos
  }

  const isExact = (info: SkuInfo, text: string) =>
    info.code.toLowerCase() === text.trim().toLowerCase() || !!info.units?.some(unit => unit.barcode === text.trim())

  function put(id: string, text: string, info: SkuInfo): Line | undefined {
    const line = state.entry.lines.find(each => each.id === id)
    // Meanwhile something else was typed: that counts.
    if (!line || line.sku !== text) return undefined
    const unit = info.units?.find(each => each.barcode === text.trim())?.unit
    return Object.assign(line, { sku: info.code, ...(unit && !line.unit && { unit }) })
  }

  /** What was typed and confirmed before its suggestions had come: the line is as if they had been there. */
  function choose(line: Line): void {
    const { id, sku } = line
    const work = new Promise<void>(done =>
      enqueue(async () => {
        const [infos] = await Promise.all([ask(sku), state.usualLoaded()])
        const info = infos.find(each => isExact(each, sku)) ?? infos[0]
        const present = info && put(id, sku, info)
        const usual = present && state.usualBySku.value.get(present.sku)
        if (usual && !present.unit) present.unit = usual.unit
        done()
      }),
    )
    chosen.add(work)
    void work.then(() => chosen.delete(work))
  }

  watch(
    () =>
      state.entry.lines.filter(
        line => line.sku && state.faults.value.get(line.id)?.some(fault => fault.code === 'unknown-sku'),
      ),
    lines => {
      for (const { id, sku } of lines.slice(0, MOST)) {
        const key = `${keyOf(sku)}|${id}`
        if (asked.has(key)) continue
        asked.add(key)
        enqueue(async () => {
          const exact = (await ask(sku)).find(info => isExact(info, sku))
          if (exact) put(id, sku, exact)
        })
      }
    },
  )

  const suggestionsFor = (line: Line) => (line.sku ? (found.get(keyOf(line.sku)) ?? []).slice(0, 3) : [])
  /** When everything that was chosen before it was found stands in its line. */
  const settled = async () => void (await Promise.all(chosen))
  return { suggestionsFor, choose, settled }
}

export type Suggestions = ReturnType<typeof useSuggestions>
