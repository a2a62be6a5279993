package io.promptroutes.cost;

import io.promptroutes.cost.PriceList.Entry;
import io.promptroutes.cost.PriceList.Origin;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.function.LongSupplier;

/**
 * Says what an answered call cost, by the best figure there is: the reported one, else the reported tokens at list price, else
 * tokens counted here. A figure far beyond what the call could cost is none, nor are no tokens beside an answer. A model whose price
 * nobody knows costs the configured price of unknown models, and the figure is an estimate. A free model costs nothing. Thread-safe.
 */
public record CostCalculator(Catalogue catalogue, PriceList prices, TokenCounter tokens) {

    /** A token has no more characters than this. */
    private static final int LONGEST_TOKEN = 100;

    /**
     * A call that was answered.
     *
     * @param requested    the id that was asked for
     * @param served       what the answer says served it, or null
     * @param usage        null where the answer has none
     * @param promptTokens counts what was sent; asked only where that has to be counted
     * @param answerText   thoughts included; null where there is no answer
     * @param images       pictures that were sent
     * @param bound        what was reserved for it
     */
    public record Call(String requested, String served, Usage usage, LongSupplier promptTokens, String answerText, int images,
            Reservations.Bound bound) {
    }

    public Cost cost(Call call, Instant when) {
        Entry entry = price(call.requested(), call.served());
        Usage usage = call.usage();
        Cost told = usage == null ? null : told(call, entry, when);
        if (told != null && (usage.beyondList() || believable(told, call, entry.price().free()))) {
            return told;
        }
        Usage counted = counted(call);
        BigDecimal usd = entry.price().free() ? BigDecimal.ZERO : entry.price().cost(counted, call.images(), when).orElseThrow().min(call.bound().usd());
        return new Cost(usd, CostSource.ESTIMATED, usage == null ? null : counted);
    }

    private static Cost told(Call call, Entry entry, Instant when) {
        Usage usage = call.usage();
        if (usage.costUsd() != null && Usd.plausible(usage.costUsd())) {
            return new Cost(Usd.of(usage.costUsd()), CostSource.REPORTED);
        }
        return new Cost(entry.price().free() ? BigDecimal.ZERO : entry.price().cost(usage, call.images(), when).orElseThrow(),
                entry.origin() == Origin.UNKNOWN ? CostSource.ESTIMATED : CostSource.PRICED);
    }

    private static boolean believable(Cost told, Call call, boolean free) {
        int length = call.answerText() == null ? 0 : call.answerText().length();
        boolean nothing = length > 0 && (call.usage().promptTokens() == 0 || call.usage().completionTokens() < (length - 1) / LONGEST_TOKEN + 1);
        boolean paid = told.source() == CostSource.REPORTED && told.usd().signum() > 0;
        BigDecimal most = call.bound().believable();
        return (paid || free || !nothing) && (most == null || told.usd().compareTo(most) <= 0);
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
        long in = call.promptTokens().getAsLong();
        long out = tokens.count(call.answerText());
        return new Usage(in, out, 0, 0, 0, in + out, null);
    }
}
