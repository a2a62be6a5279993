package io.promptroutes.cost;

import io.promptroutes.cost.PriceList.Entry;
import io.promptroutes.cost.PriceList.Origin;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.function.Supplier;

/**
 * Says what an answered call cost, by the best figure there is: the reported one, else the reported tokens at list price, else
 * tokens counted here. A model whose price nobody knows costs the configured price of unknown models, and the figure is an estimate.
 * A free model costs nothing. Thread-safe.
 */
public record CostCalculator(Catalogue catalogue, PriceList prices, TokenCounter tokens) {

    /**
     * A call that was answered.
     *
     * @param requested  the id that was asked for
     * @param served     what the answer says served it, or null
     * @param usage      null where the answer has none
     * @param promptText all texts that were sent; asked for only where tokens have to be counted
     * @param answerText thoughts included, or null
     * @param images     pictures that were sent
     */
    public record Call(String requested, String served, Usage usage, Supplier<String> promptText, String answerText, int images) {
    }

    public Cost cost(Call call, Instant when) {
        Usage usage = call.usage();
        if (usage != null && usage.costUsd() != null && Usd.plausible(usage.costUsd())) {
            return new Cost(Usd.of(usage.costUsd()), CostSource.REPORTED);
        }
        Entry entry = price(call.requested(), call.served());
        CostSource source = usage == null || entry.origin() == Origin.UNKNOWN ? CostSource.ESTIMATED : CostSource.PRICED;
        if (entry.price().free()) {
            return new Cost(BigDecimal.ZERO, source);
        }
        return new Cost(entry.price().cost(usage == null ? counted(call) : usage, call.images(), when).orElseThrow(), source);
    }

    /**
     * The requested model's where that one served, since an answer's name may lack the {@code :free}; and where the requested one is
     * free, as nothing else than a free model stands behind it. Else the served one's, if that is known.
     */
    private Entry price(String requested, String served) {
        Entry asked = prices.of(requested);
        boolean known = asked.origin() != Origin.UNKNOWN;
        if (served == null || known && (asked.price().free() || catalogue.sameModel(requested, served))) {
            return asked;
        }
        Entry given = prices.of(served);
        return given.origin() == Origin.UNKNOWN ? asked : given;
    }

    private Usage counted(Call call) {
        long in = tokens.count(call.promptText().get());
        long out = tokens.count(call.answerText());
        return new Usage(in, out, 0, 0, 0, in + out, null);
    }
}
