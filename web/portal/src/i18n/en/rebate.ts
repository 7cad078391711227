export const rebate = {
  rebate: {
    title: 'Rebates',
    credit: 'Rebates to use',
    goods: 'Goods rebates to use',
    earned: '{value} earned',
    next: '{missing} more for {value}',
    top: 'Highest tier reached',
    over: 'The period is over, to be settled',
    until: 'until {day}',
    perUnit: '{value} per unit',
    use: 'Use {value} of rebates',
    useHint: '{free} there; at most {percent}% of an order',
    owed: 'To pay after rebates',
    paid: 'Paid by rebates',
    payByGoods: 'By goods rebate',
    paidByGoods: 'Paid by goods rebate',
  },
}
