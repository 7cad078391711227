/** What this device keeps. A full or forbidden storage must never stop somebody from working. */

const PREFIX = 'dh.'

export function recall<T>(name: string): T | null {
  try {
    const text = uni.getStorageSync(PREFIX + name)
    return text ? (JSON.parse(text as string) as T) : null
  } catch {
    return null
  }
}

/** Whether it could be kept. */
export function keep(name: string, value: unknown): boolean {
  try {
    uni.setStorageSync(PREFIX + name, JSON.stringify(value))
    return true
  } catch {
    return false
  }
}

export function forget(name: string): void {
  try {
    uni.removeStorageSync(PREFIX + name)
  } catch {
    // Nothing was kept, so nothing is left to forget.
  }
}
