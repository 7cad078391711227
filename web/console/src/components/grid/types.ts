/** How a page describes a grid to `PasteGrid`. Words come translated; values are text. */

export interface GridColumn {
  key: string
  title: string
  width: number
  grow?: boolean
  align?: 'right'
  /** `decimal` tidies what is typed and pasted (`1,200` is `1200`). */
  kind?: 'text' | 'decimal'
  /** For everybody, or row by row. */
  readonly?: boolean | ((row: GridRow) => boolean)
  /** What is shown instead of the value. */
  format?(value: string, row: GridRow): string
  placeholder?: string
}

/** Values by column key; `id` tells rows apart. Pages may keep more in it. */
export interface GridRow {
  id: string
  [key: string]: string | undefined
}

/** One cell given another value, by whatever means. */
export interface CellChange {
  row: GridRow
  index: number
  key: string
  value: string
  was: string
}

/** What is to be said of a cell. */
export interface Mark {
  tone: 'bad' | 'warn' | 'good' | 'info'
  message?: string
}

/** Marks are found by `${row.id}:${column key}`. */
export type Marks = ReadonlyMap<string, Mark>
export const markKey = (row: GridRow, key: string) => `${row.id}:${key}`
