import { describe, expect, it } from 'vitest'
import { add, compare, divide, formatDecimal, multiply, round, subtract, sum, tidy, trim } from '../src/decimal'

describe('exact decimals', () => {
  it('adds what binary floating point cannot', () => {
    expect(add('0.1', '0.2')).toBe('0.3')
    expect(sum(['9999999999999999.99', '0.01'])).toBe('10000000000000000.00')
    expect(subtract('1', '1.005')).toBe('-0.005')
  })

  it('multiplies without losing a place', () => {
    expect(multiply('3', '0.333333')).toBe('0.999999')
    expect(multiply('-0.5', '0.5')).toBe('-0.25')
  })

  it.each([
    ['2.345', 2, '2.35'],
    ['-2.345', 2, '-2.35'],
    ['2.3449', 2, '2.34'],
    ['-0.004', 2, '0.00'],
    ['1', 2, '1.00'],
    ['999.995', 2, '1000.00'],
  ])('rounds %s to %i places, half up', (value, places, expected) => {
    expect(round(value, places)).toBe(expected)
  })

  it('divides, rounded', () => {
    expect(divide('10', 12)).toBe('0.833333')
    expect(divide('1', '0.03', 2)).toBe('33.33')
    expect(divide('-2', 3, 0)).toBe('-1')
    expect(() => divide('1', 0)).toThrow(RangeError)
  })

  it('compares by value', () => {
    expect(compare('1.50', '1.5')).toBe(0)
    expect(compare('-2', '1')).toBe(-1)
    expect(compare('10', '9.99')).toBe(1)
  })

  it('shows thousands and no more places than there are', () => {
    expect(formatDecimal('1234567.500000')).toBe('1,234,567.5')
    expect(formatDecimal('1234.5', { least: 2, most: 2 })).toBe('1,234.50')
    expect(formatDecimal('-0.001', { most: 2 })).toBe('0')
    expect(formatDecimal('-1000')).toBe('-1,000')
  })

  it('understands what people paste', () => {
    expect(tidy('１，２３４．５０')).toBe('1234.5')
    expect(tidy(' ¥1,000 ')).toBe('1000')
    expect(tidy('12 箱')).toBeNull()
    expect(tidy('')).toBeNull()
    expect(trim('0012.00')).toBe('12')
    expect(trim('-0')).toBe('0')
  })
})
