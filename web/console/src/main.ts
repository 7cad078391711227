import { VueQueryPlugin } from '@tanstack/vue-query'
import { createApp } from 'vue'
import App from './App.vue'
import { i18n, t } from './app/i18n'
import { queries } from './app/query'
import { router } from './app/router'
import { followLanguage, loadMe } from './app/session'
import { explain, toast, toastError } from './app/toasts'
import './app/theme'
import 'element-plus/theme-chalk/base.css'
import './styles/tokens.css'
import './styles/element.css'
import './styles/base.css'

const app = createApp(App)
app.config.errorHandler = error => {
  console.error(error)
  toastError(error)
}
// After an update the old pages' files are gone from the server: only a fresh page has the new ones.
window.addEventListener('vite:preloadError', event => {
  event.preventDefault()
  const reload = { label: t('shell.reload'), run: () => location.reload() }
  toast(t('shell.update'), 'plain', { action: reload, stays: 0 })
})
app.use(i18n).use(VueQueryPlugin, { queryClient: queries })

loadMe()
  .then(followLanguage)
  .catch(error => {
    const { title, detail } = explain(error)
    toast(title, 'bad', { detail, stays: 0 })
  })
  .finally(() => {
    app.use(router)
    app.mount('#app')
  })
