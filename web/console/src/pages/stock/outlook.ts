/** What a chart of the days to come is drawn from. Pure: what is there and can be promised, the server says. */

import { compare, type Decimal, formatDecimal, isZero, type StockByDay, type StockDay, subtract } from '@dinghuo/api'

/** How a day's stock is made up: what is committed takes of what is there first, then what is kept back. */
export interface Parts {
  committed: Decimal
  keptBack: Decimal
  available: Decimal
}

const least = (a: Decimal, b: Decimal) => (compare(a, b) < 0 ? a : b)
const most = (a: Decimal, b: Decimal) => (compare(a, b) > 0 ? a : b)

/** The bars of a day, one upon the other: together what is there, none below zero. */
export function partsOf(day: StockDay): Parts {
  const there = most(day.there, '0')
  const available = least(day.available, there)
  const rest = subtract(there, available)
  const committed = least(day.committed, rest)
  return { committed, keptBack: subtract(rest, committed), available }
}

/** The days on which something is otherwise than the day before. */
export function changes(days: readonly StockDay[]): StockDay[] {
  return days.filter((day, index) => {
    const before = days[index - 1]
    return !before || !isZero(day.incoming) || compare(day.available, before.available) !== 0
  })
}

/** What comes on each day. */
export function arrivals(outlook: StockByDay): Map<string, StockByDay['supplies']> {
  const found = new Map<string, StockByDay['supplies']>()
  for (const supply of outlook.supplies) {
    if (!supply.late) found.set(supply.date, [...(found.get(supply.date) ?? []), supply])
  }
  return found
}

export interface Words {
  committed: string
  keptBack: string
  available: string
  there: string
  incoming: string
}

/** Bars by day, stacked to what is there; the line runs along it, with a dot where something comes. */
export function chartOf(outlook: StockByDay, words: Words, unit: string, colours: (name: string) => string) {
  const { days } = outlook
  const coming = arrivals(outlook)
  const parts = days.map(partsOf)
  const bar = (key: keyof Parts, colour: string, opacity = 1) => ({
    type: 'bar',
    stack: 'there',
    name: words[key],
    barMaxWidth: 18,
    barCategoryGap: '25%',
    itemStyle: { color: colour, opacity, borderRadius: 0 },
    data: parts.map(part => Number(part[key])),
  })
  return {
    legend: { top: 0, right: 0 },
    grid: { left: 8, right: 16, top: 52, bottom: 4, containLabel: true },
    tooltip: {
      trigger: 'axis',
      axisPointer: { type: 'shadow' },
      formatter: (items: { dataIndex: number }[]) => {
        const at = items[0]?.dataIndex ?? 0
        const [day, part] = [days[at], parts[at]]
        if (!day || !part) return ''
        const said = (value: Decimal) => `${formatDecimal(value)} ${unit}`
        return [
          day.date,
          `${words.available}  ${said(day.available)}`,
          `${words.committed}  ${said(day.committed)}`,
          ...(isZero(day.kept_back) ? [] : [`${words.keptBack}  ${said(day.kept_back)}`]),
          `${words.there}  ${said(day.there)}`,
          ...(coming.get(day.date) ?? []).map(
            supply => `${words.incoming}  +${said(supply.quantity)}  ${supply.code}`,
          ),
        ].join('\n')
      },
    },
    xAxis: {
      type: 'category',
      data: days.map(day => day.date),
      axisLabel: { formatter: (day: string) => day.slice(5), hideOverlap: true },
    },
    yAxis: { type: 'value', axisLabel: { formatter: (value: number) => formatDecimal(value) } },
    series: [
      bar('committed', colours('series-1')),
      bar('keptBack', colours('series-6'), 0.7),
      bar('available', colours('series-3')),
      {
        type: 'line',
        name: words.there,
        step: 'middle',
        smooth: false,
        showSymbol: true,
        itemStyle: { color: colours('series-2') },
        lineStyle: { width: 1.5 },
        data: days.map(day => ({
          value: Number(day.there),
          symbol: isZero(day.incoming) ? 'none' : 'circle',
          symbolSize: 9,
        })),
      },
    ],
  }
}
