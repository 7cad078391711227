/** Blocks of cells as Excel and WPS put them on the clipboard: tabs, line ends, quotes around what holds them. */

export function parseBlock(text: string): string[][] {
  const rows: string[][] = [[]]
  let cell = ''
  let quoted = false
  const last = () => rows[rows.length - 1] as string[]
  for (let at = 0; at < text.length; at += 1) {
    const sign = text[at]
    if (quoted) {
      if (sign === '"' && text[at + 1] === '"') {
        cell += '"'
        at += 1
      } else if (sign === '"') quoted = false
      else cell += sign
    } else if (sign === '"' && cell === '') quoted = true
    else if (sign === '\t' || sign === '\n' || sign === '\r') {
      if (sign === '\r' && text[at + 1] === '\n') at += 1
      last().push(cell)
      cell = ''
      if (sign !== '\t') rows.push([])
    } else cell += sign
  }
  if (cell || last().length) last().push(cell)
  // Excel ends a block with a line end: that is no further row.
  if (!last().length) rows.pop()
  return rows.map(row => row.map(each => each.trim()))
}

export function writeBlock(rows: readonly (readonly string[])[]): string {
  const quote = (cell: string) => (/[\t\n\r"]/.test(cell) ? `"${cell.replace(/"/g, '""')}"` : cell)
  return rows.map(row => row.map(quote).join('\t')).join('\n')
}
