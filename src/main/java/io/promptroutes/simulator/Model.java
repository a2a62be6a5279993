package io.promptroutes.simulator;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.List;

/**
 * A model that the simulator serves. Immutable.
 *
 * @param prompt              USD a token, as is completion; negative for a router, where it depends
 * @param request             USD a call
 * @param maxCompletionTokens what is reserved for a request without a cap of its own
 * @param contextLength       tokens of prompt and answer together
 * @param longer              dearer prices for longer prompts, in the list's order; the last that holds applies
 */
public record Model(String id, String slug, BigDecimal prompt, BigDecimal completion, BigDecimal request, long maxCompletionTokens,
                    long contextLength, List<Longer> longer) {

    static final long CEILING = 65_536;
    /** Digits after the point of a cost; list prices can have more. */
    private static final int SCALE = 18;

    /** Prices of a prompt of more than so many tokens. */
    public record Longer(long tokens, BigDecimal prompt, BigDecimal completion) {
    }

    static Model of(JsonNode row) {
        String id = row.required("id").asText();
        JsonNode pricing = row.path("pricing");
        List<Longer> longer = pricing.path("overrides").valueStream().filter(change -> change.hasNonNull("min_prompt_tokens"))
                .map(change -> new Longer(change.get("min_prompt_tokens").asLong(),
                        price(change.has("prompt") ? change : pricing, "prompt"), price(change.has("completion") ? change : pricing, "completion")))
                .toList();
        return new Model(id, row.path("canonical_slug").asText(id), price(pricing, "prompt"), price(pricing, "completion"),
                price(pricing, "request"), row.path("top_provider").path("max_completion_tokens").asLong(CEILING),
                row.path("context_length").asLong(Long.MAX_VALUE), longer);
    }

    private static BigDecimal price(JsonNode pricing, String kind) {
        return new BigDecimal(pricing.path(kind).asText("0"));
    }

    boolean router() {
        return prompt.signum() < 0 || completion.signum() < 0 || request.signum() < 0;
    }

    boolean free() {
        return prompt.signum() == 0 && completion.signum() == 0 && request.signum() == 0;
    }

    /** The same at so many times the price. */
    Model times(BigDecimal factor) {
        return new Model(id, slug, prompt.multiply(factor), completion.multiply(factor), request.multiply(factor), maxCompletionTokens, contextLength,
                longer.stream().map(change -> new Longer(change.tokens(), change.prompt().multiply(factor), change.completion().multiply(factor))).toList());
    }

    public BigDecimal cost(long promptTokens, long completionTokens) {
        Longer price = longer.stream().filter(change -> promptTokens > change.tokens()).reduce((first, last) -> last)
                .orElse(new Longer(0, prompt, completion));
        BigDecimal exact = price.prompt().multiply(BigDecimal.valueOf(promptTokens))
                .add(price.completion().multiply(BigDecimal.valueOf(completionTokens)))
                .add(request);
        return (exact.scale() > SCALE ? exact.setScale(SCALE, RoundingMode.HALF_UP) : exact).stripTrailingZeros();
    }

    /** Whose it is: what stands before the slash. */
    public String author() {
        return id.substring(0, Math.max(0, id.indexOf('/')));
    }

    /** The provider of its endpoints, as tags and {@code provider.only} name it. */
    String provider() {
        return author().equals("google") ? "google-vertex" : author();
    }

    /** Whether a provider has it. */
    public boolean offeredBy(String name) {
        return name.equals(provider()) || name.equals("simulated");
    }
}
