import { describe, expect, it } from 'vitest'
import { changeOf, hoursShown, shareOfMost, totalOf, withBefore } from '@/pages/today/figures'

describe('against what was before', () => {
  it('says how much more or less', () => {
    expect(changeOf('112.50', '100.00')).toEqual({ tone: 'up', text: '+12.5%' })
    expect(changeOf(75, 100)).toEqual({ tone: 'down', text: '-25%' })
    expect(changeOf('100.01', '100.00')).toEqual({ tone: 'same', text: '0%' })
  })
  it('makes up no percentage where nothing was', () => {
    expect(changeOf(5, 0)).toEqual({ tone: 'none', text: '' })
    expect(changeOf(0, 0)).toEqual({ tone: 'same', text: '' })
  })
})

describe('days', () => {
  const days = Array.from({ length: 90 }, (_, index) => ({ day: `d${index}`, orders: index, gross: `${index}.10` }))
  it('stand before those before them, and before the same days of the week', () => {
    const { now, before, earlier } = withBefore(days, 30)
    expect([now[0]?.day, now.at(-1)?.day, before[0]?.day, before.at(-1)?.day]).toEqual(['d60', 'd89', 'd30', 'd59'])
    expect([earlier[0]?.day, earlier.at(-1)?.day, earlier.length]).toEqual(['d32', 'd61', 30])
  })
  it('stand alone where nothing earlier is known', () => {
    expect(withBefore(days, 90)).toEqual({ now: days, before: [], earlier: [] })
  })
  it('are added up exactly', () => {
    expect(totalOf(days.slice(0, 3), 'gross')).toBe('3.30')
    expect(totalOf(days.slice(0, 3), 'orders')).toBe('3')
  })
})

it('shows the hours of a working day and those with orders', () => {
  const hours = Array.from({ length: 24 }, (_, hour) => ({ hour, orders: hour === 6 ? 1 : 0 }))
  expect(hoursShown(hours, 9)).toEqual([6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18])
  expect(hoursShown(hours, 22).at(-1)).toBe(22)
})

it('draws shares of the largest', () => {
  expect(shareOfMost('50', '200')).toBe(25)
  expect(shareOfMost(null, '200')).toBe(0)
  expect(shareOfMost('5', '0')).toBe(0)
})
