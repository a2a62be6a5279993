package io.promptroutes.openrouter;

import com.fasterxml.jackson.databind.JsonNode;
import io.promptroutes.cost.Usage;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.function.Function;

/**
 * Turns the response of one chat completion into an {@link Answer}, or says why it is none. Thread-safe.
 *
 * <p>An answer without text stands where the model was asked and counted its tokens; it is a failure where nothing seems to have run
 * (no usage, or usage of zeros) or where the provider's connection broke. Text that a model put into {@code reasoning} alone stays
 * there: {@link Answer#text()} is empty then, and whoever wants it takes {@link Answer#reasoning()}.
 */
public final class AnswerReader {

    private final ErrorClassifier classifier;

    /** @param clock what waits given as an instant are counted from */
    public AnswerReader(Clock clock) {
        classifier = new ErrorClassifier(new RetryAfter(clock));
    }

    /**
     * @param header         looks a response header up whatever its case; null where there is none
     * @param body           as received, unpacked; null or empty where there was none
     * @param requestedModel stands in where the body does not name a model
     */
    public Answer read(int status, Function<String, String> header, byte[] body, String requestedModel) throws CallFailed {
        JsonNode plain = Nodes.parse(body);
        JsonNode root = plain.isMissingNode() && body != null ? EventStream.join(body) : plain;
        if (status < 200 || status > 299) {
            throw classifier.refused(new Response(status, header, Nodes.first(root)), body);
        }
        Response response = new Response(status, header, root);
        if (root.isMissingNode()) {
            boolean blank = body == null || new String(body, StandardCharsets.UTF_8).isBlank();
            throw classifier.invalid(response, Billing.UNKNOWN,
                    blank ? "The answer's body is empty" : "The answer's body was cut, is no JSON, or holds a number beyond all bounds");
        }
        if (!root.isObject()) {
            throw classifier.invalid(response, Billing.UNKNOWN, "The answer's body is no JSON object");
        }
        return read(response, requestedModel);
    }

    private Answer read(Response response, String requestedModel) throws CallFailed {
        JsonNode choice = response.root().path("choices").path(0);
        Answer answer = ChoiceReader.read(response, choice, requestedModel);
        boolean disconnected = answer.isEmpty() && "network_error".equalsIgnoreCase(answer.nativeFinishReason());
        boolean failed = FinishReason.ERROR.equals(answer.finishReason());
        JsonNode error = errorOf(response.root(), choice);
        if (error != null || failed && !disconnected) {
            throw classifier.inside(response, error, failed);
        }
        if (!choice.path("message").isObject()) {
            throw classifier.invalid(response, Billing.NO, "The answer has no choices");
        }
        if (disconnected) {
            throw classifier.invalid(response, Billing.NO, "The provider's connection broke: empty answer, network_error");
        }
        boolean cut = FinishReason.LENGTH.equals(answer.finishReason());
        if (answer.isEmpty() && !cut && nothingRan(answer.usage(), answer.finishReason())) {
            throw classifier.invalid(response, Billing.NO, "The answer is empty and has no usage");
        }
        return answer;
    }

    /** The error inside a 200, or null; an empty one beside choices is no error. */
    private static JsonNode errorOf(JsonNode root, JsonNode choice) {
        if (says(choice.path("error"))) {
            return choice.path("error");
        }
        boolean alone = choice.isMissingNode() && root.hasNonNull("error");
        return says(root.path("error")) || alone ? root.path("error") : null;
    }

    private static boolean says(JsonNode error) {
        return error.isContainerNode() ? !error.isEmpty() : error.isTextual() ? !error.textValue().isBlank() : error.asBoolean();
    }

    /** Zero-completion insurance in the second half: no token and no finish reason, no charge. */
    private static boolean nothingRan(Usage usage, String finishReason) {
        if (usage == null) {
            return true;
        }
        BigDecimal cost = usage.costUsd();
        return usage.completionTokens() == 0 && (cost == null || cost.signum() == 0)
                && (usage.promptTokens() == 0 || finishReason == null);
    }
}
