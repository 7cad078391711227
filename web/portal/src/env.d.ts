/// <reference types="vite/client" />
declare const SERVER: string
/** Built for browsers, not for the mini-program. */
declare const IS_WEB: boolean
declare module '*.vue' {
  import type { DefineComponent } from 'vue'

  const component: DefineComponent<object, object, unknown>
  export default component
}
/** What we ask of WeChat itself, beyond what the framework wraps. */
declare const wx: {
  onNeedPrivacyAuthorization?: (
    listener: (resolve: (given: { event: 'agree'; buttonId?: string }) => void) => void,
  ) => void
}
