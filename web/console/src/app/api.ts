/** The one client of the server. */

import { Client } from '@dinghuo/api'
import { language } from './i18n'
import { signInAgain } from './session'

export const api = new Client({
  me: '/api/v1/me',
  language: () => language.value,
  onSignedOut: signInAgain,
})
