import { isDark } from '@/app/theme'

/** Colours of the page for charts; within a computed they follow light and dark. */
export function colours<Name extends string>(...names: Name[]): Record<Name, string> {
  void isDark.value
  const style = getComputedStyle(document.documentElement)
  return Object.fromEntries(names.map(name => [name, style.getPropertyValue(`--${name}`).trim()])) as Record<
    Name,
    string
  >
}
