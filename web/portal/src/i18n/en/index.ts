import { common } from './common'
import { dealer } from './dealer'
import { life } from './life'
import { orders } from './orders'
import { paste } from './paste'
import { people } from './people'
import { rebate } from './rebate'
import { shop } from './shop'

export const en = { ...common, ...rebate, ...shop, ...orders, ...paste, ...life, ...people, ...dealer }
