package io.promptroutes.model;

import io.promptroutes.model.PriceList.Entry;
import io.promptroutes.model.PriceList.Origin;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

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
     * @param images       counts the pictures that were sent
     * @param expected     what it was expected to come to at most, which is within the bound; null where nobody expected anything of it
     * @param bound        what was reserved for it; asked only where it came to more than was expected
     */
    public record Call(String requested, String served, Usage usage, LongSupplier promptTokens, String answerText, IntSupplier images,
            Expected expected, Supplier<Reservations.Bound> bound) {

        private boolean within(Cost told) {
            return expected != null && told.usd().compareTo(expected.usd()) <= 0 && usage.most() <= expected.tokens();
        }
    }

    /** The most of each that a call was to cost and use. */
    public record Expected(BigDecimal usd, long tokens) {
    }

    public Cost cost(Call call, Instant when) {
        Entry entry = price(call.requested(), call.served());
        Usage usage = call.usage();
        boolean free = entry.price().free();
        Cost told = usage == null ? null : told(call, entry, when);
        boolean believed = told != null && believable(told, call, free);
        if (believed && (call.within(told) || usage.most() <= call.bound().get().tokens())) {
            return told;
        }
        Usage counted = counted(call);
        if (believed && told.source() == CostSource.REPORTED) {
            return new Cost(told.usd(), told.source(), counted);
        }
        BigDecimal usd = free ? BigDecimal.ZERO : entry.price().cost(counted, call.images().getAsInt(), when).orElseThrow().min(call.bound().get().usd());
        return new Cost(usd, CostSource.ESTIMATED, usage == null ? null : counted);
    }

    /** Null for a figure that no call can cost. */
    private static Cost told(Call call, Entry entry, Instant when) {
        Usage usage = call.usage();
        if (usage.costUsd() != null && usage.costUsd().signum() >= 0) {
            return Usd.plausible(usage.costUsd()) ? new Cost(Usd.of(usage.costUsd()), CostSource.REPORTED) : null;
        }
        return new Cost(entry.price().free() ? BigDecimal.ZERO : entry.price().cost(usage, call.images().getAsInt(), when).orElseThrow(),
                entry.origin() == Origin.UNKNOWN ? CostSource.ESTIMATED : CostSource.PRICED);
    }

    /** What no price list has (the caller's own key, tools, caches) may make a reported figure higher, and a count of tokens lower. */
    private static boolean believable(Cost told, Call call, boolean free) {
        boolean beyondList = call.usage().beyondList();
        boolean reported = told.source() == CostSource.REPORTED;
        int length = call.answerText() == null ? 0 : call.answerText().length();
        boolean nothing = length > 0 && (call.usage().promptTokens() == 0 || call.usage().completionTokens() < (length - 1) / LONGEST_TOKEN + 1);
        boolean paid = reported && told.usd().signum() > 0;
        if (!paid && !free && !beyondList && nothing) {
            return false;
        }
        BigDecimal most = beyondList && reported || call.within(told) ? null : call.bound().get().believable();
        return most == null || told.usd().compareTo(most) <= 0;
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
