import { ScrollText } from 'lucide-vue-next'
import { defineArea } from '@/app/areas'

const meta = (part: string) => ({ needs: 'order_rules.read', title: `order-rules.parts.${part}`, full: true })

export default defineArea({
  routes: [
    {
      path: '/order-rules',
      component: () => import('./RulesPage.vue'),
      meta: { needs: 'order_rules.read', title: 'order-rules.title', full: true },
    },
    { path: '/order-rules/routes', component: () => import('./RoutesPage.vue'), meta: meta('routes') },
    {
      path: '/order-rules/calendars',
      component: () => import('./CalendarsPage.vue'),
      meta: { needs: 'order_rules.read', title: 'order-rules.parts.calendars' },
    },
    { path: '/order-rules/quotas', component: () => import('./QuotasPage.vue'), meta: meta('quotas') },
    {
      path: '/order-rules/try',
      component: () => import('./TryPage.vue'),
      meta: { needs: 'order_rules.read', title: 'order-rules.parts.try' },
    },
  ],
  places: [
    {
      to: '/order-rules',
      title: 'order-rules.title',
      icon: ScrollText,
      section: 'customers',
      order: 60,
      needs: 'order_rules.read',
    },
  ],
})
