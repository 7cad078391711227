import type { AreaWords } from './i18n'
import { en } from './words.en'
import { zh } from './words.zh'

/** Words of the frame and of the components every page is made of. */
export const shell: AreaWords = { zh, en }
