package io.promptroutes.openrouter;

import com.fasterxml.jackson.databind.JsonNode;
import io.promptroutes.cost.Usage;
import io.promptroutes.prompt.Json;
import java.io.IOException;
import java.math.BigDecimal;
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

    public AnswerReader() {
        this(Clock.systemUTC());
    }

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
        JsonNode root = parse(body);
        if (status < 200 || status > 299) {
            throw classifier.refused(status, header, root, body);
        }
        if (root == null) {
            throw classifier.invalid(status, header, null, null, Billing.UNKNOWN,
                    isBlank(body) ? "The answer's body is empty" : "The answer's body was cut or is no JSON");
        }
        if (!root.isObject()) {
            throw classifier.invalid(status, header, null, null, Billing.UNKNOWN, "The answer's body is no JSON object");
        }
        return read(status, header, root, requestedModel);
    }

    private Answer read(int status, Function<String, String> header, JsonNode root, String requestedModel) throws CallFailed {
        Usage usage = UsageReader.read(root.path("usage"));
        JsonNode choice = root.path("choices").path(0);
        String nativeReason = Nodes.text(choice.path("native_finish_reason"));
        String finishReason = FinishReason.of(Nodes.text(choice.path("finish_reason")), nativeReason);
        AnswerMessage message = AnswerMessage.of(choice.path("message"));
        boolean empty = message == null || message.isEmpty();

        boolean disconnected = empty && "network_error".equalsIgnoreCase(nativeReason);
        JsonNode error = errorOf(root, choice);
        if (error != null || FinishReason.ERROR.equals(finishReason) && !disconnected) {
            throw classifier.inside(status, header, root, error, usage, FinishReason.ERROR.equals(finishReason));
        }
        if (message == null) {
            throw classifier.invalid(status, header, root, usage, Billing.NO, "The answer has no choices");
        }
        if (disconnected) {
            throw classifier.invalid(status, header, root, usage, Billing.NO, "The provider's connection broke: empty answer, network_error");
        }
        if (empty && !FinishReason.LENGTH.equals(finishReason) && nothingRan(usage, finishReason)) {
            throw classifier.invalid(status, header, root, usage, Billing.NO, "The answer is empty and has no usage");
        }
        String model = Nodes.text(root.path("model"));
        return new Answer(ErrorClassifier.generationId(root, header), model == null ? requestedModel : model,
                ErrorClassifier.provider(root, header), finishReason, nativeReason, message.text(), message.refusal(), message.toolCalls(),
                message.reasoning(), message.annotations(), message.images(), usage);
    }

    /** The error inside a 200, or null; an empty one beside choices is no error. */
    private static JsonNode errorOf(JsonNode root, JsonNode choice) {
        JsonNode inChoice = choice.path("error");
        if (says(inChoice)) {
            return inChoice;
        }
        JsonNode onTop = root.path("error");
        boolean alone = choice.isMissingNode() && !onTop.isMissingNode() && !onTop.isNull();
        return says(onTop) || alone ? onTop : null;
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

    private static JsonNode parse(byte[] body) {
        if (body == null || body.length == 0) {
            return null;
        }
        try {
            JsonNode root = Json.MAPPER.readTree(body);
            return root == null || root.isMissingNode() ? null : root;
        } catch (IOException | NumberFormatException e) {
            // the latter for 1e99999999999; their messages quote the body
            return null;
        }
    }

    private static boolean isBlank(byte[] body) {
        if (body != null) {
            for (byte b : body) {
                if (b < 0 || b > ' ') {
                    return false;
                }
            }
        }
        return true;
    }
}
