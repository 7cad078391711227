/** What units are called. Lines of old orders tell only their codes. */

import { shallowRef } from 'vue'
import { catalogue } from '@/api/routes'
import type { UnitName } from '@/api/types'
import { keep, recall } from '@/storage'

const NAME = 'units'

export const units = shallowRef<UnitName[]>(recall<UnitName[]>(NAME) ?? [])

export async function loadUnits(): Promise<void> {
  try {
    units.value = await catalogue.units()
    keep(NAME, units.value)
  } catch {
    // The codes must do until there is a network.
  }
}
