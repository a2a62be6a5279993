package io.promptroutes.call;

import com.fasterxml.jackson.databind.JsonNode;
import io.promptroutes.model.Usage;
import io.promptroutes.prompt.Json;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.function.Function;

/**
 * Turns the response of one chat completion into an {@link Answer}, or says why it is none. Thread-safe.
 *
 * <p>An answer without text stands where the model counted tokens for it, or a cost; it is a failure where nothing seems to have run
 * (no usage, or no token and no cost), where the provider broke off, and where its filter kept the text back. Text that a model put into
 * {@code reasoning} alone stays there: {@link Answer#text()} is empty then, and whoever wants it takes {@link Answer#reasoning()}.
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
        JsonNode plain = Json.tree(body);
        JsonNode root = plain.isMissingNode() && body != null ? EventStream.join(body) : plain;
        if (status < 200 || status > 299) {
            throw classifier.refused(new Response(status, header, Nodes.first(root)), body);
        }
        Response response = new Response(status, header, root);
        if (root.isMissingNode()) {
            boolean blank = body == null || new String(body, StandardCharsets.UTF_8).isBlank();
            throw classifier.noAnswer(FailureKind.INVALID_ANSWER, response, Billing.UNKNOWN,
                    blank ? "The answer's body is empty" : "The answer's body was cut, is no JSON, or holds a number beyond all bounds");
        }
        if (!root.isObject()) {
            throw classifier.noAnswer(FailureKind.INVALID_ANSWER, response, Billing.UNKNOWN, "The answer's body is no JSON object");
        }
        return read(response, requestedModel);
    }

    private Answer read(Response response, String requestedModel) throws CallFailed {
        JsonNode choice = response.root().path("choices").path(0);
        Answer answer = ChoiceReader.read(response, choice, requestedModel);
        String own = FinishReason.known(answer.nativeFinishReason());
        boolean failed = FinishReason.ERROR.equals(answer.finishReason());
        boolean broken = answer.isEmpty() && FinishReason.ERROR.equals(own);
        JsonNode error = errorOf(response.root(), choice);
        if (error == null && answer.isEmpty() && (FinishReason.FILTER.equals(answer.finishReason()) || FinishReason.FILTER.equals(own))) {
            // what was read of the prompt may be charged
            throw classifier.noAnswer(FailureKind.MODERATION, response, Billing.UNKNOWN, "A filter kept the whole answer back. "
                    + ErrorClassifier.ended(response));
        }
        if (error != null || failed && !broken) {
            throw classifier.inside(response, error, failed);
        }
        if (!choice.path("message").isObject()) {
            throw classifier.noAnswer(FailureKind.INVALID_ANSWER, response, Billing.NO, "The answer has no choices");
        }
        if (broken) {
            throw classifier.noAnswer(FailureKind.INVALID_ANSWER, response, Billing.NO, "The answer is empty. " + ErrorClassifier.ended(response));
        }
        Usage usage = answer.usage();
        boolean nothingRan = usage == null || usage.completionTokens() == 0 && (usage.costUsd() == null || usage.costUsd().signum() == 0);
        if (answer.isEmpty() && nothingRan && !FinishReason.LENGTH.equals(answer.finishReason())) {
            // a blank finish reason is insured: no charge
            throw classifier.noAnswer(FailureKind.INVALID_ANSWER, response, usage == null || usage.promptTokens() == 0
                    || answer.finishReason() == null ? Billing.NO : Billing.UNKNOWN, "The answer is empty, and no token of it is counted");
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

    /** Members that are blank, null or zero say nothing. */
    private static boolean says(JsonNode error) {
        return error.isContainerNode() ? error.valueStream().anyMatch(AnswerReader::says)
                : error.isTextual() ? !error.textValue().isBlank() && !error.textValue().equals("0") : error.asBoolean();
    }
}
