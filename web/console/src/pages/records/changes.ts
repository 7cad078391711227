/** What changed, from the audit's form to one that people read. Pure. */

export interface Told {
  /** The field, or what the server calls it. */
  field: string
  from: unknown
  to: unknown
}

/** Pairs of before and after; what else an entry holds is not a change. */
export function toldOf(changes: Record<string, unknown> | null | undefined): Told[] {
  return Object.entries(changes ?? {}).flatMap(([field, pair]) =>
    Array.isArray(pair) && pair.length === 2 ? [{ field, from: pair[0] as unknown, to: pair[1] as unknown }] : [],
  )
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/
const HASH = /^[0-9a-f]{64}$/
const DECIMAL = /^-?\d+\.\d+$/

export interface Reader {
  /** What an id stands for, where that is known. */
  nameOf(id: string): string | undefined
  /** A word of the screen for a value of a field: `state`, `active`. */
  wordOf(field: string, value: string): string | undefined
  yes: string
  no: string
}

/** A value as text; null where it says nothing to people, as an id that nobody knows. */
export function shown(value: unknown, field: string, reader: Reader): string | null {
  if (value === null || value === undefined || value === '') return ''
  if (typeof value === 'boolean') return value ? reader.yes : reader.no
  if (typeof value === 'number') return String(value)
  if (Array.isArray(value)) {
    const parts = value.map(each => shown(each, field, reader)).filter(part => part)
    // Pictures and files have nothing to read: how many there are.
    return parts.length || !value.length ? parts.join('; ') : String(value.length)
  }
  if (typeof value === 'object') {
    return Object.entries(value)
      .filter(([, part]) => part !== null && part !== '' && typeof part !== 'boolean')
      .map(([name, part]) => shown(part, name, reader))
      .filter(part => part)
      .join(' ')
  }
  const text = String(value)
  if (HASH.test(text)) return null
  if (UUID.test(text)) return reader.nameOf(text) ?? null
  if (DECIMAL.test(text)) return text.replace(/\.?0+$/, '')
  return reader.wordOf(field, text) ?? text
}

/** `CQ-AP-0450-15 case 10`: a price as the audit names it. */
export function priceKey(field: string): { sku: string; unit: string; minimum: string } | null {
  const found = /^(\S+) (.+) (\d+(?:\.\d+)?)$/.exec(field)
  return found ? { sku: found[1] ?? '', unit: found[2] ?? '', minimum: found[3] ?? '0' } : null
}
