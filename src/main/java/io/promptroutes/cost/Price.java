package io.promptroutes.cost;

import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.function.BinaryOperator;

/**
 * What a model costs, in USD per token (request: per call; image: per picture). Immutable.
 * A null prompt, completion or request price is unknown, and then so is every cost. The other prices may be missing: their
 * tokens then cost what a prompt's or an answer's do.
 *
 * @param cacheWrite     for 5 minutes; below the prompt price it is storage, paid on top of it
 * @param cacheWriteHour for an hour
 * @param overrides      all that hold apply, in this order; the later one wins
 */
public record Price(
        BigDecimal prompt,
        BigDecimal completion,
        BigDecimal request,
        BigDecimal image,
        BigDecimal audio,
        BigDecimal cacheRead,
        BigDecimal cacheWrite,
        BigDecimal cacheWriteHour,
        BigDecimal internalReasoning,
        List<PriceOverride> overrides) {

    static final Price UNKNOWN = new Price(null, null, null, null, null, null, null, null, null, List.of());

    public Price {
        overrides = List.copyOf(overrides);
    }

    /** The two prices of a price table, in USD per million tokens. */
    public static Price perMillion(BigDecimal prompt, BigDecimal completion) {
        return new Price(prompt.movePointLeft(6), completion.movePointLeft(6), BigDecimal.ZERO,
                null, null, null, null, null, null, List.of());
    }

    public boolean known() {
        return prompt != null && completion != null && request != null;
    }

    /** Nothing is paid for prompt, answer or call, however long and whenever. */
    public boolean free() {
        Price dearest = dearest(Long.MAX_VALUE);
        return known() && dearest.prompt.signum() == 0 && dearest.completion.signum() == 0 && dearest.request.signum() == 0;
    }

    /** The price without overrides that holds for a prompt of so many tokens at that moment. */
    public Price at(long promptTokens, Instant when) {
        LocalTime utc = LocalTime.ofInstant(when, ZoneOffset.UTC);
        Price price = plain();
        for (PriceOverride override : overrides) {
            if (override.holds(promptTokens, utc)) {
                price = price.changedBy(override.prices());
            }
        }
        return price;
    }

    /**
     * What a call with these counts costs, rounded; empty where a price is unknown. Counts that contradict each other are cut down.
     *
     * @param images pictures in the prompt
     */
    public Optional<BigDecimal> cost(Usage usage, int images, Instant when) {
        long tokensIn = atLeastZero(usage.promptTokens());
        long tokensOut = atLeastZero(usage.completionTokens());
        Price price = at(tokensIn, when);
        if (!price.known()) {
            return Optional.empty();
        }
        long cached = Math.min(atLeastZero(usage.cachedTokens()), tokensIn);
        long written = Math.min(atLeastZero(usage.cacheWriteTokens()), tokensIn - cached);
        long reasoned = Math.min(atLeastZero(usage.reasoningTokens()), tokensOut);
        return Optional.of(Usd.of(price.request
                .add(times(price.prompt, tokensIn - cached - written))
                .add(times(price.cacheRead == null ? price.prompt : price.cacheRead, cached))
                .add(times(price.written(), written))
                .add(times(price.completion, tokensOut - reasoned))
                .add(times(price.internalReasoning == null ? price.completion : price.internalReasoning, reasoned))
                .add(times(price.perImage(), images))));
    }

    /** The cost of plain tokens, none of them cached and none thought. */
    public Optional<BigDecimal> cost(long promptTokens, long completionTokens, int images, Instant when) {
        return cost(new Usage(promptTokens, completionTokens, 0, 0, 0, 0, null), images, when);
    }

    /** The most that a call with a text prompt and no cache marks can cost; see {@link #worstCase(long, long, int, boolean)}. */
    public Optional<BigDecimal> worstCase(long maxPromptTokens, long maxCompletionTokens, int images) {
        return worstCase(maxPromptTokens, maxCompletionTokens, images, false);
    }

    /**
     * The most that a call can cost at any hour, at the dearest of the prices that a prompt of up to so many tokens can come under.
     *
     * @param maxPromptTokens a bound, such as the prompt's bytes; pictures named by address need their tokens added
     * @param specialInput    the prompt has audio or cache marks, whose tokens may be dearer
     * @return rounded up; empty where a price is unknown
     */
    public Optional<BigDecimal> worstCase(long maxPromptTokens, long maxCompletionTokens, int images, boolean specialInput) {
        if (!known()) {
            return Optional.empty();
        }
        Price price = dearest(maxPromptTokens);
        BigDecimal in = price.prompt;
        if (specialInput) {
            in = dearer(dearer(in, price.audio), dearer(price.written(), price.cacheWriteHour));
        }
        return Optional.of(Usd.atLeast(price.request
                .add(times(in, maxPromptTokens))
                .add(times(dearer(price.completion, price.internalReasoning), maxCompletionTokens))
                .add(times(price.perImage(), images))));
    }

    private BigDecimal written() {
        if (cacheWrite == null) {
            return prompt;
        }
        return cacheWrite.compareTo(prompt) < 0 ? prompt.add(cacheWrite) : cacheWrite;
    }

    /** A picture's price that is no dearer than a token is one per token, and those are among the prompt's. */
    private BigDecimal perImage() {
        return image == null || image.compareTo(prompt) <= 0 ? BigDecimal.ZERO : image;
    }

    /** The dearest of the prices that a prompt of up to so many tokens can come under, at any hour. */
    public Price dearest(long maxPromptTokens) {
        Price price = plain();
        for (PriceOverride override : overrides) {
            if (override.holdsFor(maxPromptTokens)) {
                price = price.merged(override.prices(), BigDecimal::max);
            }
        }
        return price;
    }

    private Price plain() {
        return merged(UNKNOWN, BigDecimal::max);
    }

    private Price changedBy(Price change) {
        // thought tokens are billed as output: a dearer answer must not leave them at the old price
        boolean thoughtToo = change.completion != null && change.internalReasoning == null && internalReasoning != null;
        return merged(thoughtToo ? change.withReasoningAt(change.completion) : change, (before, now) -> now);
    }

    private Price merged(Price other, BinaryOperator<BigDecimal> choice) {
        return new Price(
                merge(prompt, other.prompt, choice),
                merge(completion, other.completion, choice),
                merge(request, other.request, choice),
                merge(image, other.image, choice),
                merge(audio, other.audio, choice),
                merge(cacheRead, other.cacheRead, choice),
                merge(cacheWrite, other.cacheWrite, choice),
                merge(cacheWriteHour, other.cacheWriteHour, choice),
                merge(internalReasoning, other.internalReasoning, choice),
                List.of());
    }

    private Price withReasoningAt(BigDecimal price) {
        return new Price(prompt, completion, request, image, audio, cacheRead, cacheWrite, cacheWriteHour, price, overrides);
    }

    private static BigDecimal merge(BigDecimal mine, BigDecimal other, BinaryOperator<BigDecimal> choice) {
        if (mine == null || other == null) {
            return mine == null ? other : mine;
        }
        return choice.apply(mine, other);
    }

    private static BigDecimal dearer(BigDecimal price, BigDecimal orNull) {
        return orNull == null ? price : price.max(orNull);
    }

    private static BigDecimal times(BigDecimal price, long count) {
        return price.multiply(BigDecimal.valueOf(atLeastZero(count)));
    }

    private static long atLeastZero(long count) {
        return Math.max(count, 0);
    }
}
