import { watch } from 'vue'
import { createRouter, createWebHistory } from 'vue-router'
import NotFound from '@/components/NotFound.vue'
import { places, routes } from './areas'
import { language, t } from './i18n'
import { me } from './session'

export const router = createRouter({
  history: createWebHistory(),
  routes: [
    // The first place of the sidebar that this person may see.
    { path: '/', redirect: () => places()[0]?.places[0]?.to ?? '/me' },
    ...routes,
    { path: '/:rest(.*)*', component: NotFound, meta: { title: 'shell.notFound' } },
  ],
  scrollBehavior: (_to, _from, saved) => saved ?? { top: 0 },
})

router.beforeEach(to => {
  if (!me.value && !to.meta.bare) {
    const wanted = (to.redirectedFrom ?? to).fullPath
    return { path: '/sign-in', query: wanted === '/' ? {} : { to: wanted } }
  }
  // Who has to do something first can do nothing else.
  if (me.value?.must && !to.meta.bare && to.path !== '/me') return '/me'
  return true
})

export function showTitle(own?: string): void {
  const route = router.currentRoute.value
  const title = own ?? (route.meta.title ? t(route.meta.title) : '')
  document.title = title ? `${title} · ${t('shell.product')}` : t('shell.product')
}

router.afterEach(() => showTitle())
watch(language, () => showTitle())
