/**
 * The mini-program as it was built, run without WeChat: its pages in jsdom, its requests against a real server.
 *
 * `node tests/weapp.cjs URL COMPANY LOGIN PASSWORD FILE` signs in, shows the first page, fills the cart, places the
 * order and reads it; writes what was seen into the file, as JSON. Taps do nothing here, so the handlers bound in a page are called.
 *
 * With a further argument, who somebody is to WeChat: they bind themselves by signing in once, and come by WeChat alone
 * from then on.
 */
const fs = require('node:fs')
const http = require('node:http')
const path = require('node:path')
const { JSDOM } = require('jsdom')

const [base, company, login, password, file, openid] = process.argv.slice(2)
const ROOT = path.resolve(__dirname, '../dist/build/mp-weixin')
const PATIENCE = 15_000

// Node takes what lies in this package for modules; what WeChat runs is none.
fs.writeFileSync(path.resolve(ROOT, '../package.json'), '{ "type": "commonjs" }\n')

const dom = new JSDOM('<!doctype html><body></body>', { pretendToBeVisual: true })
const BROWSERS = [
  'window',
  'document',
  'Event',
  'CustomEvent',
  'HTMLElement',
  'Node',
  'Element',
  'MutationObserver',
  'TouchEvent',
]
for (const name of BROWSERS) global[name] = name === 'window' ? dom.window : dom.window[name]
// What some engines of WeChat lack must not be needed.
for (const name of [
  'Intl',
  'fetch',
  'AbortController',
  'crypto',
  'URL',
  'URLSearchParams',
  'structuredClone',
  'EventSource',
])
  Object.defineProperty(globalThis, name, { value: undefined, configurable: true, writable: true })

const simulate = require('miniprogram-simulate')

const seen = { requests: [], tabs: [], titles: [], errors: [] }
const storage = new Map()
let gone = ''

function request(options) {
  const { method = 'GET', url, header = {}, data } = options
  const target = new (require('node:url').URL)(url.startsWith('http') ? url : base + url)
  seen.requests.push(`${method} ${target.pathname}`)
  const sent = http.request(target, { method, headers: header, agent: false }, answer => {
    const parts = []
    answer.on('data', part => parts.push(part))
    answer.on('end', () => {
      const text = Buffer.concat(parts).toString()
      if (answer.statusCode >= 400)
        seen.errors.push(`${answer.statusCode} ${method} ${target.pathname} ${text.slice(0, 200)}`)
      options.success?.({ statusCode: answer.statusCode, data: text, header: answer.headers, cookies: [] })
      options.complete?.({})
    })
  })
  sent.on('error', error => options.fail?.({ errMsg: error.message }))
  if (data !== undefined && data !== null) sent.write(data)
  sent.end()
  return { abort: () => sent.destroy() }
}

const went = name => options => {
  gone = options.url
  seen.tabs.push(`${name} ${options.url.replace(/[0-9a-f]{8}-[0-9a-f-]{27}/g, 'ID')}`)
  options.success?.({})
}
const SYSTEM = {
  platform: 'devtools',
  windowWidth: 390,
  windowHeight: 844,
  pixelRatio: 2,
  SDKVersion: '3.5.0',
  language: 'zh_CN',
  brand: 'x',
  model: 'x',
  system: 'x',
  theme: 'light',
}

Object.assign(global.wx, {
  request,
  getSystemInfoSync: () => SYSTEM,
  getAppBaseInfo: () => SYSTEM,
  getWindowInfo: () => ({ ...SYSTEM, statusBarHeight: 20 }),
  getDeviceInfo: () => SYSTEM,
  getStorageSync: name => storage.get(name) ?? '',
  setStorageSync: (name, value) => storage.set(name, value),
  removeStorageSync: name => storage.delete(name),
  switchTab: went('switchTab'),
  login: options => options.success?.({ code: `${openid}:${Math.random()}`, errMsg: 'login:ok' }),
  navigateTo: went('navigateTo'),
  redirectTo: went('redirectTo'),
  reLaunch: went('reLaunch'),
  setNavigationBarTitle: ({ title }) => seen.titles.push(title),
  setTabBarItem() {},
  setTabBarBadge() {},
  removeTabBarBadge() {},
  onNetworkStatusChange() {},
  onNeedPrivacyAuthorization() {},
  stopPullDownRefresh() {},
  pageScrollTo() {},
  downloadFile: () => {},
  canIUse: () => false,
  onAppShow() {},
  onAppHide() {},
  onThemeChange() {},
  getLaunchOptionsSync: () => ({ path: 'pages/sign-in/index', query: {} }),
  getEnterOptionsSync: () => ({ path: 'pages/sign-in/index', query: {} }),
  getMenuButtonBoundingClientRect: () => ({ top: 24, bottom: 56 }),
  nextTick: action => setTimeout(action, 0),
  createSelectorQuery: () => {
    const query = { in: () => query, select: () => query, boundingClientRect: () => query, exec: () => query }
    return query
  },
})
global.getCurrentPages = () => []
global.App = options => {
  global.app = Object.assign({ globalData: {} }, options)
}
global.Page = () => {
  throw new Error('pages are components here')
}
global.getApp = () => global.app

function sleep(milliseconds) {
  return new Promise(resolve => setTimeout(resolve, milliseconds))
}

async function until(what, found) {
  const end = Date.now() + PATIENCE
  while (Date.now() < end) {
    const value = found()
    if (value) return value
    await sleep(30)
  }
  throw new Error(`waited in vain for ${what}; errors: ${seen.errors.join('; ')}`)
}

/** A page drawn and shown. */
function open(name, query = {}) {
  const id = simulate.load(path.join(ROOT, name), 'page', { compiler: 'simulate', rootPath: ROOT, less: false })
  const page = simulate.render(id, {})
  const host = document.createElement('div')
  page.attach(host)
  page.instance.onLoad?.(query)
  page.instance.onShow?.()
  page.instance.onReady?.()
  const source = fs.readFileSync(path.join(ROOT, `${name}.wxml`), 'utf8')
  return {
    text: () => host.textContent.replace(/\s+/g, ' '),
    /** Call what is bound to an element, known by something in its tag. */
    fire(tag, event, detail = {}) {
      const element = source.match(/<[^>]+>/g).find(one => one.includes(tag) && one.includes(`bind${event}=`))
      if (!element) throw new Error(`${name}: no element ${tag} with ${event}`)
      const handler = page.data[new RegExp(`bind${event}="{{(\\w+)}}"`).exec(element)[1]]
      return page.instance[handler]({ type: event, detail, target: {}, currentTarget: { dataset: {} } })
    },
  }
}

/** Twice at the door: the first time one says who one is, the second time WeChat does. */
async function byWeChat() {
  require(path.join(ROOT, 'app.js'))
  global.app.onLaunch?.({ path: 'pages/sign-in/index', query: {} })
  const door = open('pages/sign-in/index')
  door.fire('name="company"', 'input', { value: company })
  await sleep(50)
  door.fire('door-wechat', 'tap')
  await until('to be asked who one is', () => door.text().includes('登录并绑定微信'))
  const asked = door.text()
  door.fire('name="username"', 'input', { value: login })
  door.fire('name="password"', 'input', { value: password })
  await sleep(50)
  door.fire('btn btn-red btn-wide', 'tap')
  await until('the first page', () => gone.startsWith('/pages/home'))

  gone = ''
  storage.clear()
  const again = open('pages/sign-in/index')
  again.fire('name="company"', 'input', { value: company })
  await sleep(50)
  again.fire('door-wechat', 'tap')
  await until('the first page at once', () => gone.startsWith('/pages/home'))
  const home = open('pages/home/index')
  await until('the usual basket', () => home.text().includes('我常买的'))
  return { asked, ...seen, token: [...storage.values()].some(one => /"token":"\d+\./.test(one)) }
}

async function run() {
  require(path.join(ROOT, 'app.js'))
  global.app.onLaunch?.({ path: 'pages/sign-in/index', query: {} })

  const door = open('pages/sign-in/index')
  door.fire('name="company"', 'input', { value: company })
  door.fire('name="username"', 'input', { value: login })
  door.fire('name="password"', 'input', { value: password })
  await sleep(50)
  door.fire('btn btn-red btn-wide', 'tap')
  await until('the first page', () => gone.startsWith('/pages/home'))

  const home = open('pages/home/index')
  await until('the usual basket', () => home.text().includes('我常买的'))
  const first = home.text()
  home.fire('btn btn-small btn-soft', 'tap')

  const cart = open('pages/cart/index')
  await until('the priced cart', () => /价合计|价税合计/.test(cart.text()) && !cart.text().includes('正在计算'))
  await until('everything sent', () => !/"pending":\[\{/.test([...storage.values()].join(' ')))
  cart.fire('cart-go', 'tap')
  const filled = cart.text()
  await until('the checkout', () => gone.startsWith('/more/checkout'))

  const checkout = open('more/checkout/index')
  await until('the address', () => checkout.text().includes('提交订单') && checkout.text().includes('商品明细'))
  await sleep(300)
  for (let n = 0; n < 5; n += 1) checkout.fire('cart-go', 'tap')
  await until('the order', () => gone.startsWith('/more/placed'))

  const order = open('more/order/index', { id: gone.split('id=')[1] })
  await until('the order page', () => order.text().includes('订单动态'))
  const submits = seen.requests.filter(one => one.endsWith('/submit')).length
  return {
    first,
    filled,
    order: order.text(),
    submits,
    ...seen,
    token: [...storage.values()].some(one => /"token":"\d+\./.test(one)),
  }
}

;(openid ? byWeChat() : run())
  .then(result => {
    fs.writeFileSync(file, JSON.stringify(result))
    process.exit(0)
  })
  .catch(error => {
    process.stderr.write(`${error.stack}\n${JSON.stringify(seen)}\n`, () => process.exit(1))
  })
