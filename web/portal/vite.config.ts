import { fileURLToPath } from 'node:url'
import uniModule from '@dcloudio/vite-plugin-uni'
import { defineConfig, type Plugin, type PluginOption } from 'vite'
import { plainHtml } from './build/plain-html'
import { together } from './build/together'

const uni = (uniModule as unknown as { default?: typeof uniModule }).default ?? uniModule
const here = (path: string) => fileURLToPath(new URL(path, import.meta.url))
const isWeb = process.env.UNI_PLATFORM === 'h5'

/** The framework's shell names a shadow picture on its maker's server: nothing may be asked of third parties. */
const noForeignPictures: Plugin = {
  name: 'no-foreign-pictures',
  enforce: 'post',
  generateBundle(_, bundle) {
    for (const file of Object.values(bundle)) {
      if (file.type === 'asset' && typeof file.source === 'string')
        file.source = file.source.replace(/url\(["']?https:\/\/cdn\.dcloud\.net\.cn[^)]*\)/g, 'none')
    }
  },
}

const framework = uni({
  vueOptions: { template: { compilerOptions: { nodeTransforms: isWeb ? [plainHtml(here('./src/'))] : [] } } },
})

/** Class names are unique here; the framework would shut every component's styles in, and pages out of them. */
function withoutScopes(plugins: PluginOption): Plugin[] {
  const flat = [plugins].flat(Number.POSITIVE_INFINITY) as Plugin[]
  return flat.filter(plugin => plugin && plugin.name !== 'uni:css-scoped')
}

export default defineConfig({
  base: './',
  plugins: [withoutScopes(framework), noForeignPictures],
  resolve: { alias: { '@dinghuo/api': here('../api/src/index.ts') } },
  build: isWeb ? { rollupOptions: { output: { manualChunks: together } } } : {},
  define: {
    // Where the mini-program finds the server; a browser asks the server that served it.
    IS_WEB: JSON.stringify(isWeb),
    SERVER: JSON.stringify(process.env.DINGHUO_SERVER ?? ''),
  },
})
