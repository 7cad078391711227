import { beforeEach, describe, expect, it } from 'vitest'
import { type Ref, ref } from 'vue'
import { parseBlock, writeBlock } from '../src/components/grid/clipboard'
import type { CellChange, GridColumn, GridRow } from '../src/components/grid/types'
import { useGrid } from '../src/components/grid/useGrid'

describe('blocks of cells', () => {
  it('come from Excel with tabs, line ends and quotes', () => {
    expect(parseBlock('A\t1\r\nB\t2\r\n')).toEqual([
      ['A', '1'],
      ['B', '2'],
    ])
    expect(parseBlock('"two\nlines"\t"say ""hi"""')).toEqual([['two\nlines', 'say "hi"']])
    expect(parseBlock('A\t\n\tB')).toEqual([
      ['A', ''],
      ['', 'B'],
    ])
    expect(parseBlock('')).toEqual([])
  })

  it('go back as they came', () => {
    const block = [
      ['a', 'b\tc'],
      ['d"e', ''],
    ]
    expect(parseBlock(writeBlock(block))).toEqual(block)
  })
})

describe('a grid', () => {
  const columns: GridColumn[] = [
    { key: 'sku', title: 'SKU', width: 100 },
    { key: 'quantity', title: 'Quantity', width: 80, kind: 'decimal' },
    { key: 'name', title: 'Name', width: 100, readonly: true },
  ]
  let rows: Ref<GridRow[]>
  let told: CellChange[][]
  let next = 0
  const create = (): GridRow => ({ id: String(next++) })
  const grid = (withRows = true) =>
    useGrid({
      rows,
      columns: () => columns,
      create: withRows ? create : undefined,
      changed: changes => told.push(changes),
    })
  const values = () => rows.value.map(row => [row.sku ?? '', row.quantity ?? ''])

  beforeEach(() => {
    next = 0
    told = []
    rows = ref([create(), create()])
  })

  it('takes a block, makes the rows it needs and tidies numbers', () => {
    const { paste } = grid()
    expect(paste('A\t1,200\nB\t２\nC\tx')).toEqual({ rows: 3, columns: 2 })
    expect(values()).toEqual([
      ['A', '1200'],
      ['B', '2'],
      ['C', 'x'],
    ])
    expect(told).toHaveLength(1)
    expect(told[0]?.map(change => [change.index, change.key, change.value, change.was])[1]).toEqual([
      0,
      'quantity',
      '1200',
      '',
    ])
  })

  it('makes no rows where there are to be none', () => {
    const { paste } = grid(false)
    paste('A\nB\nC')
    expect(values().map(([sku]) => sku)).toEqual(['A', 'B'])
  })

  it('leaves alone what is read only', () => {
    const { paste } = grid()
    paste('A\t1\tname')
    expect(rows.value[0]?.name).toBeUndefined()
  })

  it('undoes and does again whole blocks', () => {
    const { paste, undo, redo } = grid()
    paste('A\t1\nB\t2')
    undo()
    expect(values()).toEqual([
      ['', ''],
      ['', ''],
    ])
    redo()
    expect(values()).toEqual([
      ['A', '1'],
      ['B', '2'],
    ])
  })

  it('fills what is chosen, by one value pasted or downwards', () => {
    const { go, paste, fillDown, copy } = grid()
    go(0, 1)
    go(1, 1, true)
    paste('5')
    expect(values().map(([, quantity]) => quantity)).toEqual(['5', '5'])
    go(0, 0)
    paste('A')
    go(0, 0)
    go(1, 0, true)
    fillDown()
    expect(values().map(([sku]) => sku)).toEqual(['A', 'A'])
    go(0, 0)
    go(1, 1, true)
    expect(copy()).toBe('A\t5\nA\t5')
  })

  it('goes on over line ends to cells that can be typed into, and makes a row at the end', () => {
    const { go, goOn, active } = grid()
    go(0, 1)
    goOn(1)
    expect({ ...active }).toEqual({ row: 1, column: 0 })
    goOn(-1)
    expect({ ...active }).toEqual({ row: 0, column: 1 })
    go(1, 1)
    goOn(1)
    expect({ ...active }).toEqual({ row: 2, column: 0 })
    expect(rows.value).toHaveLength(3)
  })
})
