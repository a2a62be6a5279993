package io.promptroutes.call;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.promptroutes.model.Usage;

/**
 * What a model answered. Parts that the answer does not have are null; {@code text} never is.
 *
 * @param generationId OpenRouter's id of the call
 * @param model        what served the request, as OpenRouter names it: an id, a dated slug, or what an alias stood for
 * @param finishReason {@code length} also where only the provider's own reason says that the answer was cut
 * @param text         the content, or the refusal's words; empty where there are none
 * @param choices      where the choices hold more than that: of the first one, which the other members tell of, what is left; the others whole
 * @param usage        null where the body has none (a proxy, an old recording)
 * @param tier         the service tier that served it, in the words of the service
 */
public record Answer(String generationId, String model, String provider, String finishReason, String nativeFinishReason, String text,
        String refusal, JsonNode toolCalls, String reasoning, JsonNode annotations, JsonNode images, JsonNode choices, Usage usage,
        String tier) {

    /** Neither cut, filtered nor refused: fit to be given again. */
    public boolean whole() {
        return (FinishReason.STOP.equals(finishReason) || FinishReason.TOOL_CALLS.equals(finishReason)) && refusal == null && !isEmpty();
    }

    /** The same with another text. */
    public Answer saying(String other) {
        return new Answer(generationId, model, provider, finishReason, nativeFinishReason, other, refusal, toolCalls, reasoning, annotations, images, choices,
                usage, tier);
    }

    /** Reasoning alone is no answer. */
    boolean isEmpty() {
        JsonNode more = choices == null ? MissingNode.getInstance() : choices.path(0).path("message");
        return text.isBlank() && toolCalls == null && images == null && !more.has("audio") && !more.has("function_call");
    }
}
