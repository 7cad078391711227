import { describe, expect, it } from 'vitest'
import { addDays, dayOf, daysBetween, formatMoment, formatRelative } from '../src/dates'
import { formatMoney, formatMoneyShort, formatPrice } from '../src/money'
import { formatMixed, formatQuantity, fromBase, nextAllowed, toBase } from '../src/units'

describe('money', () => {
  it('has its currency and its places', () => {
    expect(formatMoney('1234.5', 'CNY')).toBe('¥1,234.50')
    expect(formatMoney('-3', 'CNY')).toBe('-¥3.00')
    expect(formatMoney('1234.4', 'JPY')).toBe('JP¥1,234')
    expect(formatMoney('1', 'SEK')).toBe('SEK 1.00')
  })

  it('has the unit a price is for, and all its places', () => {
    expect(formatPrice('28.5', 'CNY', '箱')).toBe('¥28.50/箱')
    expect(formatPrice('0.833333', 'CNY', '瓶')).toBe('¥0.833333/瓶')
  })

  it('is short where space is', () => {
    expect(formatMoneyShort('123456', 'CNY', 'zh')).toBe('¥12.3万')
    expect(formatMoneyShort('123456', 'CNY', 'en')).toBe('¥123K')
    expect(formatMoneyShort('-240000000', 'CNY', 'zh')).toBe('-¥2.4亿')
    expect(formatMoneyShort('99.5', 'CNY', 'zh')).toBe('¥99.50')
  })
})

describe('units', () => {
  const box = { unit: '箱', numerator: 24, denominator: 1 }

  it('convert exactly', () => {
    expect(toBase('1.5', box)).toBe('36')
    expect(fromBase('36', box)).toBe('1.5')
  })

  it('are said large first', () => {
    expect(formatMixed('155', box, '瓶')).toBe('6 箱 11 瓶')
    expect(formatMixed('48', box, '瓶')).toBe('2 箱')
    expect(formatMixed('5', box, '瓶')).toBe('5 瓶')
    expect(formatMixed('-155', box, '瓶')).toBe('-6 箱 11 瓶')
  })

  it('are named in English as there are many or one', () => {
    const said = (name: string, ...quantities: string[]) => quantities.map(one => formatQuantity(one, name))
    expect(said('case', '1', '1.000000', '9', '0', '0.5')).toEqual([
      '1 case',
      '1 case',
      '9 cases',
      '0 cases',
      '0.5 cases',
    ])
    expect(['bottle', 'box', 'bag', 'pack', 'tray', 'bunch', 'body'].map(name => formatQuantity('2', name))).toEqual([
      '2 bottles',
      '2 boxes',
      '2 bags',
      '2 packs',
      '2 trays',
      '2 bunches',
      '2 bodies',
    ])
    expect(['kg', 'ml', 'pcs', '箱', '箱 24'].map(name => formatQuantity('2', name))).toEqual([
      '2 kg',
      '2 ml',
      '2 pcs',
      '2 箱',
      '2 箱 24',
    ])
  })

  it('know the next quantity that may be ordered', () => {
    expect(nextAllowed('1', '10', '5')).toBe('10')
    expect(nextAllowed('11', '10', '5')).toBe('15')
    expect(nextAllowed('0.3', '0', '0.25')).toBe('0.5')
  })
})

describe('moments', () => {
  const at = '2026-11-22T17:30:00Z'

  it('are those of the company, wherever the device is', () => {
    expect(formatMoment(at, 'Asia/Shanghai')).toBe('2026-11-23 01:30')
    expect(formatMoment(at, 'America/New_York')).toBe('2026-11-22 12:30')
    expect(dayOf(at, 'Asia/Shanghai')).toBe('2026-11-23')
  })

  it('are told as people do', () => {
    const now = Date.parse(at)
    const said = (minutes: number) => formatRelative(at, 'Asia/Shanghai', 'zh', now + minutes * 60_000)
    expect(said(0)).toBe('刚刚')
    expect(said(5)).toBe('5 分钟前')
    expect(said(150)).toBe('2 小时前')
    expect(said(24 * 60)).toBe('昨天 01:30')
    expect(said(72 * 60)).toBe('11-23 01:30')
    expect(formatRelative(at, 'Asia/Shanghai', 'zh', now + 60 * 24 * 60 * 60_000)).toBe('2026-11-23 01:30')
  })

  it('count days by the calendar', () => {
    expect(daysBetween('2026-02-27', '2026-03-01')).toBe(2)
    expect(addDays('2026-12-31', 1)).toBe('2027-01-01')
  })
})
