/**
 * Pages come in areas, one folder each under `pages/`. An area says its routes and its places in the sidebar in
 * `pages/<area>/routes.ts`, found here by name: adding one touches no other file.
 */

import type { Component } from 'vue'
import type { RouteRecordRaw } from 'vue-router'
import { may } from './session'

export type SectionKey = 'work' | 'goods' | 'customers' | 'company'
export const SECTIONS: readonly SectionKey[] = ['work', 'goods', 'customers', 'company']

export interface Place {
  to: string
  /** A key of words: `orders.title`. */
  title: string
  icon: Component
  section: SectionKey
  /** Within the section; tens. */
  order: number
  /** A permission, or any one of these. */
  needs?: string | readonly string[]
  /** Also in the bar at the bottom of a phone, the lowest four by this number. */
  phone?: number
  /** Letters pressed one after the other, `g o`. */
  keys?: string
}

/** Something to be done from anywhere through the palette. */
export interface Deed {
  title: string
  icon: Component
  to: string
  needs?: string | readonly string[]
  /** Further words it is found by. */
  words?: string
}

export interface Area {
  routes: RouteRecordRaw[]
  places?: Place[]
  deeds?: Deed[]
}

/** Gives an area its types. */
export function defineArea(area: Area): Area {
  return area
}

declare module 'vue-router' {
  interface RouteMeta {
    /** A permission, or any one of these; without it the page says so. */
    needs?: string | readonly string[]
    /** A key of words, for the window's title. */
    title?: string
    /** Shown without sidebar and before signing in. */
    bare?: boolean
    /** Fills the window: no outer scrolling, as the tables of lists do. */
    full?: boolean
    /** One comes to type: what is typed before it is there is kept for its first field. */
    typing?: boolean
  }
}

const found = import.meta.glob<{ default: Area }>('../pages/*/routes.ts', { eager: true })
const areas = Object.values(found).map(module => module.default)

export const routes: RouteRecordRaw[] = areas.flatMap(area => area.routes)
const everyPlace = areas.flatMap(area => area.places ?? [])
const everyDeed = areas.flatMap(area => area.deeds ?? [])

/** The places a person may go to, by section. */
export function places(): { section: SectionKey; places: Place[] }[] {
  return SECTIONS.map(section => ({
    section,
    places: everyPlace
      .filter(place => place.section === section && may(place.needs))
      .sort((a, b) => a.order - b.order),
  })).filter(group => group.places.length)
}

export function phonePlaces(): Place[] {
  return everyPlace
    .filter(place => place.phone !== undefined && may(place.needs))
    .sort((a, b) => (a.phone ?? 0) - (b.phone ?? 0))
    .slice(0, 4)
}

export function deeds(): Deed[] {
  return everyDeed.filter(deed => may(deed.needs))
}
