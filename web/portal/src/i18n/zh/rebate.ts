export const rebate = {
  rebate: {
    title: '返利',
    credit: '可用返利',
    goods: '可用货补',
    earned: '已返 {value}',
    next: '再买 {missing} 返 {value}',
    top: '已达最高一档',
    over: '期间已结束，待结算',
    until: '{day} 止',
    perUnit: '每单位 {value}',
    use: '使用返利 {value}',
    useHint: '可用 {free}，本单最多可用订单金额的 {percent}%',
    owed: '使用返利后应付',
    paid: '返利支付',
    payByGoods: '用货补',
    paidByGoods: '货补支付',
  },
}
