package io.promptroutes.model;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.promptroutes.model.PriceList.Entry;
import io.promptroutes.model.PriceList.Origin;
import io.promptroutes.prompt.Json;
import java.math.BigDecimal;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The most that a call can cost, reserved before it is made: every byte of text may be a token, a picture or sound is what it may be at
 * most, and every allowed output token may be used. Thread-safe.
 *
 * @param unknownPrices whether a model whose price nobody knows may be called under a budget, at {@code prices.unknown}
 * @param serverTools   whether a request with OpenRouter's own tools or plugins may be: what those cost has no bound
 */
public record Reservations(PriceList prices, boolean unknownPrices, boolean serverTools) {

    /** Tiers that cost what the list says, or less; what another one may cost, as many times that, is the most that any provider asks. */
    private static final Set<String> TIERS_WITHIN_LIST = Set.of("", "default", "standard", "standard_only", "flex", "batch");
    private static final BigDecimal DEAREST_TIER = BigDecimal.valueOf(6);
    /** USD per million tokens; no model asks more. */
    private static final Price DEAREST = Price.perMillion(BigDecimal.valueOf(600), BigDecimal.valueOf(600));
    /** A bill that is so many times what can be is none. */
    private static final BigDecimal BEYOND_BELIEF = BigDecimal.TEN;
    /** Of a call, whatever tools it has. */
    private static final long MOST_TOKENS = 1_000_000_000;

    /**
     * @param refusal    why the call may not be made under a budget; null where it may
     * @param believable USD, the most that a server may say the call has cost; null where nobody can know
     * @param tokens     the most that a server may say it has used
     */
    public record Bound(BigDecimal usd, String refusal, BigDecimal believable, long tokens) {
    }

    /** @param body the request as it is sent, of so many bytes */
    public Bound ofBytes(String model, ObjectNode body, long bytes, long outputCap) {
        Media media = Media.of(body);
        return of(model, body, media, media.text(bytes), outputCap);
    }

    /** @param media of the body @param text tokens of the request's text, or a bound of them */
    public Bound of(String model, ObjectNode body, Media media, long text, long outputCap) {
        Entry entry = prices.of(model);
        long in = text + media.mostTokens();
        long out = answers(body) * (outputCap + Thinking.budget(body)) + (body.has("prediction") ? Json.bytes(body.get("prediction")).length : 0);
        boolean special = media.count("audio") > 0 || Stream.of("cache_control", "prompt_cache_options", "prompt_cache_breakpoint")
                .anyMatch(mark -> body.findValue(mark) != null);
        Optional<BigDecimal> worst = tiered(entry.price().dearest(in), body).worstCase(in, out, media.count("image"), special);
        BigDecimal usd = worst.orElse(BigDecimal.ZERO);
        boolean unknown = entry.origin() == Origin.UNKNOWN || worst.isEmpty();
        String open = UnboundedCosts.of(model, body, media);
        BigDecimal most = unknown || usd.signum() == 0 ? DEAREST.worstCase(in, out, 0, false).orElseThrow() : usd;
        return new Bound(usd, unknown && !unknownPrices || worst.isEmpty() ? "its price is not known (key prices." + model + "=IN/OUT, or budget.unknown-prices)"
                : open != null && !serverTools ? open + " (key budget.server-tools)" : null, open == null ? most.multiply(BEYOND_BELIEF) : null,
                BEYOND_BELIEF.longValue() * (open == null ? Math.min(in + out, MOST_TOKENS) : MOST_TOKENS));
    }

    /** The highest price at which a provider may serve the call, for the list to be a bound; null where no list has the model. */
    public Price ceiling(String model, ObjectNode request) {
        Entry entry = prices.of(model);
        if (entry.origin() != Origin.CATALOGUE) {
            return null;
        }
        Media media = Media.of(request);
        long in = entry.price().overrides().isEmpty() ? 0 : media.text(Json.bytes(request).length) + media.mostTokens();
        return tiered(entry.price().dearest(in), request);
    }

    private static Price tiered(Price price, JsonNode request) {
        return TIERS_WITHIN_LIST.contains(request.path("service_tier").asText("")) ? price : price.times(DEAREST_TIER);
    }

    private static long answers(JsonNode body) {
        return Math.max(1, Math.max(Thinking.count(body.path("n")), Thinking.count(body.path("best_of"))));
    }
}
