/** How a page describes its list to `IndexTable`. Words come translated. */

export interface Column<Row> {
  key: string
  title: string
  /** Pixels; with `grow` the least. */
  width: number
  /** Its share of the width that is left. */
  grow?: number
  align?: 'right'
  /** What the server sorts by: `placed_at`. */
  sort?: string
  /** What is shown where there is no slot `cell-<key>`. */
  text?(row: Row): string | null | undefined
  /** Shown only when chosen. */
  optional?: boolean
  /** Where it stands on a phone's card; without it, it does not. */
  phone?: 'title' | 'aside' | 'line' | 'foot'
}

export interface Choice {
  value: string
  label: string
  detail?: string
}

interface Common {
  key: string
  title: string
  /** Its chip is there before anything is chosen. */
  pinned?: boolean
}

export type Filter =
  | (Common & { kind: 'choice'; options: readonly Choice[]; many?: boolean })
  | (Common & { kind: 'text'; placeholder?: string })
  | (Common & { kind: 'flag' })
  /** A span of days; `from` and `until` are the server's names. */
  | (Common & { kind: 'days'; from: string; until: string })
  | (Common & { kind: 'range'; from: string; until: string; unit?: string })
  /** One of many, found by typing; `labelOf` says what a value from a link is called. */
  | (Common & {
      kind: 'pick'
      load(typed: string, signal: AbortSignal): Promise<Choice[]>
      labelOf?(value: string): string | undefined
    })

/** A tab that is there for everybody; `query` as in the address: `state=confirmed&has_problem=true`. */
export interface Preset {
  key: string
  title: string
  query: string
}

export interface PageOf<Row> {
  items: Row[]
  cursor?: string | null
}

/** The names of a filter in the address and to the server. */
export function parametersOf(filter: Filter): string[] {
  return filter.kind === 'days' || filter.kind === 'range' ? [filter.from, filter.until] : [filter.key]
}
