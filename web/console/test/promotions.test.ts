import { beforeEach, describe, expect, it } from 'vitest'
import { language } from '@/app/i18n'
import { blank, bodyOf, formOf, itemsFor, type PromotionForm, startOf, termsOf } from '@/pages/promotions/form'
import { limitsOf, sentenceOf } from '@/pages/promotions/sentence'
import type { Promotion } from '@/pages/promotions/types'
import { changeOf, extremes, rateOf, shareOf } from '@/pages/trial/reckon'
import type { Amounts } from '@/pages/trial/types'

const ZONE = 'Asia/Shanghai'
const form = (part: Partial<PromotionForm>): PromotionForm => ({ ...blank('CNY', '2026-11-01'), ...part })
const said = (part: Partial<PromotionForm>) => sentenceOf(termsOf(form(part)))
const cola = { kind: 'sku' as const, code: 'COLA', name: '可乐', unit: null, quantity: null, price: null }

describe('what a promotion does, in words', () => {
  beforeEach(() => void (language.value = 'zh'))

  it('names whom it is for, of which goods, and each step', () => {
    expect(
      said({
        steps: [
          { from: '1000', value: '100' },
          { from: '3000', value: '400' },
        ],
        audience: [
          { kind: 'tier', code: 'gold', name: '金牌' },
          { kind: 'region', code: 'N', name: '华北' },
        ],
        items: [{ ...cola, kind: 'category', name: '饮料' }],
      }),
    ).toBe('金牌且华北客户：饮料合计满 ¥1,000.00 减 ¥100.00；满 ¥3,000.00 减 ¥400.00。')
  })

  it('says per cent as tenths', () => {
    expect(said({ ...startOf('percent'), steps: [{ from: '0', value: '8' }] })).toBe('所有客户：所有商品打 9.2 折。')
    expect(said({ ...startOf('percent'), steps: [{ from: '0', value: '10' }] })).toBe('所有客户：所有商品打 9 折。')
  })

  it('says gifts, the same and others', () => {
    expect(said({ ...startOf('buy_get'), repeats: true })).toBe('所有客户：所有商品同款每满 10 件 送 1 件。')
    const gift = { sku: 'CUP', name: '杯子', unit: '个' }
    expect(said({ ...startOf('buy_get'), gift })).toBe('所有客户：所有商品合计满 10 件 送 杯子 1 个。')
  })

  it('says what is not yet typed as open', () => {
    expect(said({ steps: [{ from: '', value: '' }] })).toBe('所有客户：所有商品合计…。')
    expect(said({ ...startOf('bundle') })).toBe('所有客户：（还没有选商品）。')
  })

  it('is said in English too, with its limits', () => {
    language.value = 'en'
    expect(said({})).toBe('Everybody — all goods: together from ¥1,000.00 on ¥100.00 off.')
    expect(limitsOf(termsOf(form({ budget: '500', customer_uses: '3', stackable: true })))).toEqual([
      '¥500.00 in all, never more',
      'At most 3 orders for each customer',
      'Beside others that allow it',
    ])
  })
})

describe('what is sent of the form', () => {
  it('sends moments of the company, empty bounds as none', () => {
    const value = form({ valid_from: '2026-11-11T08:30', uses: '5' })
    expect(bodyOf(value, ['valid_from', 'valid_until', 'budget', 'uses', 'stackable'], ZONE)).toEqual({
      valid_from: '2026-11-11T00:30:00Z',
      valid_until: null,
      budget: null,
      uses: 5,
      stackable: false,
    })
  })

  it('sends with goods what the kind wants of them', () => {
    const items = itemsFor('fixed_price', [
      { ...cola, price: '9.9', unit: '箱' },
      { ...cola, kind: 'brand', code: 'B' },
    ])
    expect(bodyOf(form({ ...startOf('fixed_price'), items }), ['items'], ZONE).items).toEqual([
      { kind: 'sku', code: 'COLA', unit: '箱', price: '9.9' },
    ])
    expect(bodyOf(form({ items: [cola] }), ['items'], ZONE).items).toEqual([{ kind: 'sku', code: 'COLA' }])
  })

  it('reads back what was stored', () => {
    const stored = {
      ...form({ budget: '80000.00' }),
      name_en: null,
      exclusion_group: null,
      bundle_price: null,
      customer_budget: null,
      uses: null,
      customer_uses: 2,
      valid_from: '2026-11-11T00:30:00Z',
      valid_until: null,
    } as unknown as Promotion
    const read = formOf(stored, ZONE)
    expect([read.valid_from, read.valid_until, read.customer_uses, read.uses]).toEqual([
      '2026-11-11T08:30',
      '',
      '2',
      '',
    ])
  })
})

describe('what a trial shows', () => {
  const amounts = (present: string, drafted: string, margins: [string, string] | null = null): Amounts => ({
    lines: 1,
    actual: present,
    present,
    drafted,
    change: String(Number(drafted) - Number(present)),
    cost: null,
    present_gifts: null,
    drafted_gifts: null,
    present_margin: margins?.[0] ?? null,
    drafted_margin: margins?.[1] ?? null,
    costless: 0,
  })

  it('reckons changes, shares and rates', () => {
    expect(changeOf(amounts('100', '90', ['20', '12.5']), 'margin')).toBe('-7.5')
    expect(changeOf(amounts('100', '90'), 'margin')).toBeNull()
    expect([shareOf('90', '100'), shareOf('105', '100'), shareOf('1', '0')]).toEqual(['-10%', '+5%', ''])
    expect([rateOf('25', '200'), rateOf(null, '200'), rateOf('1', '0')]).toEqual(['12.5%', '—', '—'])
  })

  it('keeps the greatest gains and losses, the gains first', () => {
    const effects = ['1', '5', '-2', '-9', '0', '3'].map((by, at) => ({
      code: `C${at}`,
      name: `C${at}`,
      amounts: amounts('0', by),
    }))
    expect(extremes(effects, 'revenue', 2).map(({ change }) => change)).toEqual(['5', '3', '-2', '-9'])
  })
})
