import { fileURLToPath } from 'node:url'
import vue from '@vitejs/plugin-vue'
import { ElementPlusResolver } from 'unplugin-vue-components/resolvers'
import Components from 'unplugin-vue-components/vite'
import { defineConfig } from 'vitest/config'

/** Where `dinghuo demo` or `dinghuo serve` listens while an engineer works here. */
const server = process.env.DINGHUO_URL ?? 'http://127.0.0.1:8000'

const group = (name: string, packages: string) => ({ name, test: new RegExp(`node_modules/(${packages})/`) })

export default defineConfig({
  plugins: [vue(), Components({ resolvers: [ElementPlusResolver()], dts: 'src/components.d.ts', dirs: [] })],
  resolve: { alias: { '@': fileURLToPath(new URL('./src', import.meta.url)) } },
  server: {
    host: '127.0.0.1',
    port: 5173,
    // The server compares Origin and Host: the proxy keeps the browser's host.
    proxy: Object.fromEntries(
      ['/api', '/portal/v1', '/files'].map(path => [path, { target: server, changeOrigin: false }]),
    ),
  },
  build: {
    target: 'es2022',
    chunkSizeWarningLimit: 700,
    rolldownOptions: {
      output: {
        codeSplitting: {
          groups: [
            group('echarts', 'echarts|zrender'),
            group(
              'element',
              'element-plus|@element-plus|dayjs|lodash[^/]*|@floating-ui|async-validator|@vueuse|@popperjs|@ctrl',
            ),
            group('vue', 'vue|@vue|vue-router|vue-i18n|@intlify|@tanstack'),
          ],
        },
      },
    },
  },
  test: { environment: 'happy-dom', include: ['test/**/*.test.ts'] },
})
