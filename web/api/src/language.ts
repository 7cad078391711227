export type Language = 'zh' | 'en'

/** The language a browser or phone asks for; Chinese unless English comes first. */
export function languageOf(preferred: readonly string[] | string | undefined): Language {
  const first = Array.isArray(preferred) ? preferred[0] : preferred
  return typeof first === 'string' && first.toLowerCase().startsWith('en') ? 'en' : 'zh'
}
