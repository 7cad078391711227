/**
 * Moments in the company's time zone, whatever the device's. Where an engine has no `Intl` (some mini-programs),
 * zones without summer time are known here; any other falls back to the device's.
 */

import type { Language } from './language'

const FIXED: Record<string, number> = {
  'Asia/Shanghai': 480,
  'Asia/Chongqing': 480,
  'Asia/Urumqi': 360,
  'Asia/Hong_Kong': 480,
  'Asia/Macau': 480,
  'Asia/Taipei': 480,
  'Asia/Singapore': 480,
  'Asia/Kuala_Lumpur': 480,
  'Asia/Manila': 480,
  'Asia/Tokyo': 540,
  'Asia/Seoul': 540,
  'Asia/Bangkok': 420,
  'Asia/Ho_Chi_Minh': 420,
  'Asia/Jakarta': 420,
  'Asia/Kolkata': 330,
  'Asia/Dubai': 240,
  UTC: 0,
}

export interface Wall {
  year: number
  month: number
  day: number
  hour: number
  minute: number
  second: number
}

/** What clocks of this zone show at a moment. */
export function wallClock(moment: string | number | Date, zone: string): Wall {
  const at = new Date(moment)
  const offset = FIXED[zone]
  if (offset !== undefined) return shifted(at, offset)
  if (typeof Intl === 'undefined' || !Intl.DateTimeFormat) return shifted(at, -at.getTimezoneOffset())
  return byIntl(at, zone)
}

function shifted(at: Date, minutes: number): Wall {
  const there = new Date(at.getTime() + minutes * 60_000)
  return {
    year: there.getUTCFullYear(),
    month: there.getUTCMonth() + 1,
    day: there.getUTCDate(),
    hour: there.getUTCHours(),
    minute: there.getUTCMinutes(),
    second: there.getUTCSeconds(),
  }
}

const formats = new Map<string, Intl.DateTimeFormat>()

function byIntl(at: Date, zone: string): Wall {
  let format = formats.get(zone)
  if (!format) {
    format = new Intl.DateTimeFormat('en-CA', {
      timeZone: zone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    })
    formats.set(zone, format)
  }
  const wall: Record<string, number> = {}
  for (const { type, value } of format.formatToParts(at)) wall[type] = Number(value)
  return wall as unknown as Wall
}

const two = (value: number) => String(value).padStart(2, '0')

/** The calendar day there: `2026-11-23`. */
export function dayOf(moment: string | number | Date, zone: string): string {
  const { year, month, day } = wallClock(moment, zone)
  return `${year}-${two(month)}-${two(day)}`
}

/** `2026-11-23 08:32` */
export function formatMoment(moment: string | number | Date, zone: string, { seconds = false } = {}): string {
  const wall = wallClock(moment, zone)
  const time = `${two(wall.hour)}:${two(wall.minute)}${seconds ? `:${two(wall.second)}` : ''}`
  return `${dayOf(moment, zone)} ${time}`
}

/** `11-23 08:32` this year, with the year in others. */
export function formatMomentShort(moment: string, zone: string, now: number = Date.now()): string {
  const full = formatMoment(moment, zone)
  return wallClock(now, zone).year === wallClock(moment, zone).year ? full.slice(5) : full
}

/** A day as it was sent, `2026-11-23`; days have no zone. */
export function formatDay(day: string): string {
  return day.slice(0, 10)
}

const WORDS = {
  zh: {
    now: '刚刚',
    minutes: (n: number) => `${n} 分钟前`,
    hours: (n: number) => `${n} 小时前`,
    inMinutes: (n: number) => `${n} 分钟后`,
    inHours: (n: number) => `${n} 小时后`,
    yesterday: '昨天',
    tomorrow: '明天',
  },
  en: {
    now: 'just now',
    minutes: (n: number) => `${n} min ago`,
    hours: (n: number) => `${n} h ago`,
    inMinutes: (n: number) => `in ${n} min`,
    inHours: (n: number) => `in ${n} h`,
    yesterday: 'yesterday',
    tomorrow: 'tomorrow',
  },
}

/** How long ago, as people say it: `3 分钟前`, `昨天 18:20`, then the day. */
export function formatRelative(moment: string, zone: string, language: Language, now: number = Date.now()): string {
  const words = WORDS[language]
  const passed = now - new Date(moment).getTime()
  const minutes = Math.floor(Math.abs(passed) / 60_000)
  const days = daysBetween(dayOf(moment, zone), dayOf(now, zone))
  if (minutes < 1) return words.now
  if (minutes < 60) return passed > 0 ? words.minutes(minutes) : words.inMinutes(minutes)
  if (days === 0) {
    const hours = Math.floor(minutes / 60)
    return passed > 0 ? words.hours(hours) : words.inHours(hours)
  }
  const time = formatMoment(moment, zone).slice(11)
  if (days === 1) return `${words.yesterday} ${time}`
  if (days === -1) return `${words.tomorrow} ${time}`
  return formatMomentShort(moment, zone, now)
}

/** Calendar days from one day to another. */
export function daysBetween(from: string, to: string): number {
  return Math.round((Date.parse(`${to}T00:00:00Z`) - Date.parse(`${from}T00:00:00Z`)) / 86_400_000)
}

/** The day so many days after this one. */
export function addDays(day: string, days: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10)
}
