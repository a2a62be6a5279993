package io.promptroutes.model;

import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.BinaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What a model costs. Immutable. Where prompt, completion or request has no price, that is unknown, and then so is every cost. The
 * others may be missing: their tokens then cost what a prompt's or an answer's do.
 *
 * @param usd       per token (request: per call; image: per picture)
 * @param overrides all that hold apply, in this order; the later one wins
 */
public record Price(Map<Kind, BigDecimal> usd, List<PriceOverride> overrides) {

    /** What has a price of its own. */
    public enum Kind {
        PROMPT, COMPLETION, REQUEST, IMAGE, AUDIO, INPUT_CACHE_READ,
        /** For 5 minutes; below the prompt price it is storage, paid on top of it. */
        INPUT_CACHE_WRITE,
        /** For an hour. */
        INPUT_CACHE_WRITE_1H,
        INTERNAL_REASONING,
        /** Of pictures and sound in the answer. */
        IMAGE_OUTPUT, AUDIO_OUTPUT;

        /** The name in the catalogue. */
        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** Of tokens in and out, those that may have prices of their own. */
    private static final List<Kind> IN = List.of(Kind.INPUT_CACHE_READ, Kind.INPUT_CACHE_WRITE_1H, Kind.INPUT_CACHE_WRITE, Kind.AUDIO, Kind.IMAGE);
    private static final List<Kind> OUT = List.of(Kind.INTERNAL_REASONING, Kind.AUDIO_OUTPUT, Kind.IMAGE_OUTPUT);
    private static final BigDecimal NEAR = BigDecimal.valueOf(20);

    static final Price UNKNOWN = new Price(Map.of(), List.of());

    public Price {
        usd = Map.copyOf(usd);
        overrides = List.copyOf(overrides);
    }

    /** The two prices of a price table, in USD per million tokens. */
    public static Price perMillion(BigDecimal prompt, BigDecimal completion) {
        return new Price(Map.of(Kind.PROMPT, prompt.movePointLeft(6), Kind.COMPLETION, completion.movePointLeft(6), Kind.REQUEST, BigDecimal.ZERO),
                List.of());
    }

    public BigDecimal prompt() {
        return usd.get(Kind.PROMPT);
    }

    public BigDecimal completion() {
        return usd.get(Kind.COMPLETION);
    }

    public BigDecimal request() {
        return usd.get(Kind.REQUEST);
    }

    /** Of a token of that kind; of one without a price of its own, what the others cost. */
    BigDecimal token(Kind kind) {
        BigDecimal usual = OUT.contains(kind) ? completion() : kind == Kind.INPUT_CACHE_WRITE_1H ? token(Kind.INPUT_CACHE_WRITE) : prompt();
        BigDecimal own = usd.getOrDefault(kind, usual);
        return switch (kind) {
            case INPUT_CACHE_WRITE -> own.compareTo(prompt()) < 0 ? prompt().add(own) : own;
            case IMAGE -> picture().signum() > 0 ? usual : own;
            default -> own;
        };
    }

    /** The list has one name for both: a picture's price near that of a token is one per token, and those are among the prompt's. */
    private BigDecimal picture() {
        BigDecimal image = usd.getOrDefault(Kind.IMAGE, BigDecimal.ZERO);
        return image.compareTo(prompt().multiply(NEAR)) > 0 ? image : BigDecimal.ZERO;
    }

    Price times(BigDecimal factor) {
        return new Price(usd.entrySet().stream().collect(Collectors.toMap(Map.Entry::getKey, price -> price.getValue().multiply(factor))), List.of());
    }

    public boolean known() {
        return prompt() != null && completion() != null && request() != null;
    }

    /** Nothing is paid for prompt, answer or call, however long and whenever. */
    public boolean free() {
        Price dearest = dearest(Long.MAX_VALUE);
        return known() && Stream.of(dearest.prompt(), dearest.completion(), dearest.request()).allMatch(price -> price.signum() == 0);
    }

    /** The price without overrides that holds for a prompt of so many tokens at that moment. */
    public Price at(long promptTokens, Instant when) {
        LocalTime utc = LocalTime.ofInstant(when, ZoneOffset.UTC);
        return changedBy(overrides.stream().filter(override -> override.holds(promptTokens, utc)), (before, now) -> now);
    }

    /** The dearest of the prices that a prompt of up to so many tokens can come under, at any hour. */
    public Price dearest(long maxPromptTokens) {
        return changedBy(overrides.stream().filter(override -> override.holdsFor(maxPromptTokens)), BigDecimal::max);
    }

    private Price changedBy(Stream<PriceOverride> changes, BinaryOperator<BigDecimal> choice) {
        if (overrides.isEmpty()) {
            return this;
        }
        Map<Kind, BigDecimal> prices = new EnumMap<>(Kind.class);
        prices.putAll(usd);
        changes.forEach(change -> change.usd().forEach((kind, price) -> prices.merge(kind, price, choice)));
        return new Price(prices, List.of());
    }

    /**
     * What a call with these counts costs, rounded; empty where a price is unknown. Counts that contradict each other are cut down.
     *
     * @param images pictures in the prompt
     */
    public Optional<BigDecimal> cost(Usage usage, int images, Instant when) {
        long tokensIn = Math.max(usage.promptTokens(), 0);
        long tokensOut = Math.max(usage.completionTokens(), 0);
        Price price = at(tokensIn, when);
        if (!price.known()) {
            return Optional.empty();
        }
        return Optional.of(Usd.of(price.request()
                .add(price.tokens(tokensIn, price.prompt(), IN, usage))
                .add(price.tokens(tokensOut, price.completion(), OUT, usage))
                .add(times(price.picture(), images))));
    }

    private BigDecimal tokens(long all, BigDecimal usual, List<Kind> kinds, Usage usage) {
        BigDecimal sum = BigDecimal.ZERO;
        long left = all;
        for (Kind kind : kinds) {
            long count = Math.min(Math.max(usage.of(kind), 0), left);
            sum = sum.add(times(token(kind), count));
            left -= count;
        }
        return sum.add(times(usual, left));
    }

    /** The cost of plain tokens, none of them cached and none thought. */
    public Optional<BigDecimal> cost(long promptTokens, long completionTokens, int images, Instant when) {
        return cost(new Usage(promptTokens, completionTokens, 0, 0, 0, 0, null), images, when);
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
        BigDecimal in = price.dearest(price.prompt(), specialInput ? IN : images > 0 ? List.of(Kind.IMAGE) : List.of());
        return Optional.of(Usd.atLeast(price.request()
                .add(times(in, maxPromptTokens))
                .add(times(price.dearest(price.completion(), OUT), maxCompletionTokens))
                .add(times(price.picture(), images))));
    }

    private BigDecimal dearest(BigDecimal usual, List<Kind> kinds) {
        BigDecimal dearest = usual;
        for (Kind kind : kinds) { // no stream: it is asked for each model of each prompt
            dearest = dearest.max(token(kind));
        }
        return dearest;
    }

    private static BigDecimal times(BigDecimal price, long count) {
        return price.multiply(BigDecimal.valueOf(Math.max(count, 0)));
    }
}
