// Named one by one: the server's types, which come last, grow, and a name of ours goes before one of theirs.
export { type Answer, asQuery, Client, filled, type Loose, type Settings } from './client'
export {
  addDays,
  dayOf,
  daysBetween,
  formatDay,
  formatMoment,
  formatMomentShort,
  formatRelative,
  type Wall,
  wallClock,
} from './dates'
export {
  add,
  compare,
  type Decimal,
  divide,
  formatDecimal,
  isDecimal,
  isNegative,
  isZero,
  multiply,
  round,
  subtract,
  sum,
  tidy,
  trim,
} from './decimal'
export { newKey } from './keys'
export { type Language, languageOf } from './language'
export { formatMoney, formatMoneyShort, formatPrice, minorPlaces } from './money'
export { ApiError, type Fault, faultsByField, faultsByLine, type Problem, unreachable } from './problems'
export type * from './schema'
export { fetchTransport, type Incoming, type Outgoing, type Transport } from './transport'
export type { AnswerOf, BodyOf, Common, Method, Options, PathOf, PathParametersOf, QueryOf } from './typed'
export { formatMixed, formatQuantity, fromBase, nextAllowed, toBase, type Unit, unitFor } from './units'
