import { describe, expect, it } from 'vitest'
import {
  answered,
  batch,
  begin,
  type Edit,
  type Journal,
  MOST_CHANGES,
  quantityOf,
  record,
  settled,
  shownLines,
} from '@/cart/journal'
import { cart, line } from './carts'

const edit = (sku: string, quantity: string, more: Partial<Edit> = {}): Edit => ({
  sku,
  unit: 'case',
  quantity,
  ...more,
})

function typed(journal: Journal, ...edits: Edit[]): Journal {
  return edits.reduce((known, one, n) => record(known, one, 1000 + n), journal)
}

function quantities(journal: Journal): string[] {
  return shownLines(journal).map(one => `${one.sku} ${one.quantity} ${one.unit}${one.isPending ? ' …' : ''}`)
}

describe('what was typed', () => {
  it('is shown at once, over what the server last answered', () => {
    const known = answered(begin('d'), cart('c', 1, [line('A', 'case', '2'), line('B', 'case', '3')]), [])
    const journal = typed(known, edit('B', '5'), edit('C', '1'), edit('A', '0'))
    expect(quantities(journal)).toEqual(['B 5 case …', 'C 1 case …'])
    expect(quantityOf(shownLines(journal), 'A', 'case')).toBe('0')
    expect(quantityOf(shownLines(journal), 'B', 'case')).toBe('5')
  })

  it('tells parts of a line apart that go elsewhere', () => {
    const known = answered(begin('d'), cart('c', 1, [line('A', 'case', '10')]), [])
    const to = { recipient: '北店', street: '城北路 1 号', country: 'CN' }
    const journal = typed(
      known,
      edit('A', '6'),
      edit('A', '4', { part: 'p', to }),
      edit('A', '7'),
      edit('A', '3', { part: 'p' }),
    )
    const shown = shownLines(journal).map(one => [one.quantity, one.part ?? null, one.ship_to?.recipient ?? null])
    expect(shown).toEqual([
      ['7', null, null],
      ['3', 'p', '北店'],
    ])
    expect(quantityOf(shownLines(journal), 'A', 'case')).toBe('7')
    expect(batch(journal, 2000)?.changes.map(one => [one.quantity, one.part])).toEqual([
      ['7', undefined],
      ['3', 'p'],
    ])
  })

  it('shows a line the server has not seen with what the card said of it', () => {
    const shown = {
      sku_id: '1',
      product_id: '2',
      name: '乌龙茶',
      name_en: null,
      specification: '500ml',
      image: 'ab',
      base_unit: 'bottle',
      units: [],
      availability: null,
    }
    const [only] = shownLines(typed(begin('d'), edit('A', '1', { shown })))
    expect(only).toMatchObject({ name: '乌龙茶', image: 'ab', quantity: '1', isPending: true, problems: [] })
  })

  it('forgets a problem of the line it mends until the server speaks again', () => {
    const bad = line('A', 'case', '7', { problems: [{ code: 'not-a-multiple', field: 'quantity', message: 'no' }] })
    const known = answered(begin('d'), cart('c', 1, [bad]), [])
    expect(shownLines(known)[0]?.problems).toHaveLength(1)
    expect(shownLines(typed(known, edit('A', '10')))[0]?.problems).toEqual([])
  })

  it('moves a line to another unit, onto the one that is there', () => {
    const known = answered(begin('d'), cart('c', 1, [line('A', 'case', '2'), line('A', 'bottle', '5')]), [])
    expect(quantities(typed(known, edit('A', '2', { new_unit: 'bottle' })))).toEqual(['A 7 bottle …'])
    expect(quantities(typed(known, edit('A', '2', { new_unit: 'box' })))).toEqual(['A 2 box …', 'A 5 bottle'])
  })

  it('keeps what was typed as it was typed, even if it is no number', () => {
    const journal = typed(answered(begin('d'), cart('c', 1, [line('A', 'case', '2')]), []), edit('A', 'x'))
    expect(quantities(journal)).toEqual(['A x case …'])
  })
})

describe('what is sent', () => {
  it('is only the last of what was typed into a line, under a number of its own', () => {
    const journal = typed(begin('d'), edit('A', '1'), edit('B', '4'), edit('A', '12'), edit('A', '123'))
    expect(batch(journal, 5003)).toEqual({
      cart: null,
      device: 'd',
      changes: [
        { sku: 'B', unit: 'case', quantity: '4', seq: 2, age_ms: 4002 },
        { sku: 'A', unit: 'case', quantity: '123', seq: 4, age_ms: 4000 },
      ],
    })
  })

  it('keeps a move and what was typed after it apart and in order', () => {
    const journal = typed(
      begin('d'),
      edit('A', '2'),
      edit('A', '2', { new_unit: 'bottle' }),
      edit('A', '9', { unit: 'bottle' }),
    )
    expect(batch(journal, 2000)?.changes.map(one => [one.seq, one.unit, one.new_unit, one.quantity])).toEqual([
      [2, 'case', 'bottle', '2'],
      [3, 'bottle', undefined, '9'],
    ])
  })

  it('says where a line goes: an address of the company by its id, one that was typed whole, null for none', () => {
    const shop = { recipient: '王店', street: '城北路 7 号' } as NonNullable<Edit['to']>
    const journal = typed(
      begin('d'),
      edit('A', '1', { to: { ...shop, id: 'x' } }),
      edit('B', '1', { to: shop }),
      edit('C', '1', { to: null }),
      edit('A', '2'),
    )
    expect(batch(journal, 2000)?.changes.map(one => [one.sku, one.address_id, one.ship_to])).toEqual([
      ['B', undefined, shop],
      ['C', undefined, null],
      ['A', 'x', undefined],
    ])
    expect(shownLines(journal).map(one => one.ship_to?.recipient)).toEqual(['王店', undefined, '王店'])
  })

  it('keeps a note when the quantity is typed again', () => {
    const journal = typed(begin('d'), edit('A', '2', { note: 'fresh' }), edit('A', '3'))
    expect(batch(journal, 2000)?.changes).toEqual([
      { sku: 'A', unit: 'case', quantity: '3', note: 'fresh', seq: 2, age_ms: 999 },
    ])
  })

  it('names the cart it was typed into, one cart at a time', () => {
    const first = typed(answered(begin('d'), cart('old', 1), []), edit('A', '1'))
    const both = typed(answered(first, cart('new', 1), []), edit('A', '2'), edit('B', '1'))
    const parcel = batch(both, 2000)
    expect(parcel).toMatchObject({ cart: 'old', changes: [{ sku: 'A', quantity: '1' }] })
    expect(batch(settled(both, [1]), 2000)).toMatchObject({ cart: 'new', changes: [{ quantity: '2' }, { sku: 'B' }] })
  })

  it('comes in parcels the server takes', () => {
    let journal = begin('d')
    for (let n = 0; n < MOST_CHANGES + 7; n += 1) journal = record(journal, edit(`S${n}`, '1'), n)
    expect(batch(journal, 0)?.changes).toHaveLength(MOST_CHANGES)
    const sent = batch(journal, 0)?.changes.map(one => one.seq) ?? []
    expect(batch(settled(journal, sent), 0)?.changes).toHaveLength(7)
    expect(batch(settled(begin('d'), sent), 0)).toBeNull()
  })

  it('is never younger than now, whatever the clock does', () => {
    expect(batch(typed(begin('d'), edit('A', '1')), 10)?.changes[0]?.age_ms).toBe(0)
  })
})

describe('the answer', () => {
  it('is the truth beneath what was typed while it was under way', () => {
    const sent = typed(begin('d'), edit('A', '1'))
    const meanwhile = typed(sent, edit('A', '2'), edit('B', '1'))
    const journal = answered(meanwhile, cart('c', 5, [line('A', 'case', '1')]), [1])
    expect(quantities(journal)).toEqual(['A 2 case …', 'B 1 case …'])
    expect(
      quantities(answered(journal, cart('c', 6, [line('A', 'case', '2'), line('B', 'case', '1')]), [2, 3])),
    ).toEqual(['A 2 case', 'B 1 case'])
  })

  it('does not take back a later one of the same cart', () => {
    const known = answered(begin('d'), cart('c', 8, [line('A', 'case', '8')]), [])
    expect(answered(known, cart('c', 7, [line('A', 'case', '7')]), []).cart?.revision).toBe(8)
    expect(answered(known, cart('next', 1), []).cart?.id).toBe('next')
  })
})
