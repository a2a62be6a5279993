package io.promptroutes.ledger;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Shares an amount by weights, so that the shares add up to it to the last digit. Stateless. */
final class CostShares {

    private static final int DIGITS = 18;

    private CostShares() {
    }

    /** Empty where there is nothing that could be shared: no weight, or an amount below zero. The largest remainders get the last digits, of equal ones the first. */
    static <K extends Comparable<K>> Map<K, BigDecimal> of(BigDecimal amount, Map<K, BigDecimal> weights) {
        if (amount.signum() < 0 || weights.isEmpty()) {
            return Map.of();
        }
        boolean none = weights.values().stream().allMatch(weight -> weight.signum() == 0);
        Map<K, BigInteger> parts = new HashMap<>();
        weights.forEach((key, weight) -> parts.put(key, none ? BigInteger.ONE : units(weight)));
        BigInteger total = parts.values().stream().reduce(BigInteger.ZERO, BigInteger::add);
        BigInteger whole = units(amount);
        Map<K, BigInteger> shares = new HashMap<>();
        Map<K, BigInteger> remainders = new HashMap<>();
        BigInteger left = whole;
        for (Map.Entry<K, BigInteger> part : parts.entrySet()) {
            BigInteger[] share = whole.multiply(part.getValue()).divideAndRemainder(total);
            shares.put(part.getKey(), share[0]);
            remainders.put(part.getKey(), share[1]);
            left = left.subtract(share[0]);
        }
        List<K> order = remainders.keySet().stream().sorted(Comparator.<K, BigInteger>comparing(remainders::get).reversed().thenComparing(Comparator.naturalOrder())).toList();
        order.stream().limit(left.longValueExact()).forEach(key -> shares.merge(key, BigInteger.ONE, BigInteger::add));
        Map<K, BigDecimal> usd = new HashMap<>();
        shares.forEach((key, share) -> usd.put(key, new BigDecimal(share, DIGITS)));
        return usd;
    }

    /** Whole numbers of the smallest amount that the ledger keeps. */
    private static BigInteger units(BigDecimal usd) {
        return usd.setScale(DIGITS, RoundingMode.HALF_UP).unscaledValue();
    }
}
