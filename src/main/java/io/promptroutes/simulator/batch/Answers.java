package io.promptroutes.simulator.batch;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.promptroutes.simulator.ChatRequest;
import io.promptroutes.simulator.Generation;
import io.promptroutes.simulator.Model;
import io.promptroutes.simulator.Refused;
import io.promptroutes.simulator.Wording;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.UUID;

/** Answers the lines of a batch, one after another. For one thread. */
final class Answers {

    /** What OpenRouter takes where the provider bills an account's own key. */
    private static final BigDecimal BYOK_FEE = new BigDecimal("0.05");

    private final Batch batch;
    private final Random random;
    private final Instant at;
    private final List<String> good = new ArrayList<>();
    private final List<String> failed = new ArrayList<>();
    private final List<Billed> billed = new ArrayList<>();
    private long succeeded;

    /** A line that was answered. */
    record Billed(BatchRequest.Line line, Generation generation) {
    }

    /**
     * What came of a batch.
     *
     * @param results lines as JSON, in the order in which they are told
     */
    record Outcome(List<String> results, long succeeded, long failed, List<Billed> billed) {

        static final Outcome NOTHING = new Outcome(List.of(), 0, 0, List.of());

        BigDecimal cost() {
            return billed.stream().map(one -> one.generation().cost()).reduce(BigDecimal.ZERO, BigDecimal::add);
        }

        ObjectNode usage(BatchConfig.Results told) {
            BigDecimal byok = told.byok() ? billed.stream().map(one -> one.generation().terms().byok()).reduce(BigDecimal.ZERO, BigDecimal::add) : null;
            ObjectNode usage = Generation.usage(billed.stream().mapToLong(one -> one.generation().promptTokens()).sum(),
                    billed.stream().mapToLong(one -> one.generation().completionTokens()).sum(), cost(), byok);
            return told.totalCost() ? usage : usage.putNull("cost");
        }
    }

    Answers(Batch batch, Random random, Instant at) {
        this.batch = batch;
        this.random = random;
        this.at = at;
    }

    /** @param lines those of the batch's that are done */
    Outcome of(List<BatchRequest.Line> lines) {
        lines.forEach(this::answer);
        Collections.shuffle(good, random);
        List<String> results = new ArrayList<>(good);
        results.addAll(failed);
        return new Outcome(results, succeeded, lines.size() - succeeded, billed);
    }

    private void answer(BatchRequest.Line line) {
        BatchFault fault = BatchFault.drawn("line", batch.config().faults(), random.nextDouble() * 100);
        if (fault == null || fault.billed()) {
            succeeded++;
            generate(line, fault);
            return;
        }
        switch (fault) {
            case LINE_ERROR -> fail(line, "null",
                    "{\"message\":\"Upstream request failed with status 400.\",\"type\":\"invalid_request_error\",\"param\":null}");
            case LINE_ERROR_MESSAGE -> fail(line, "null", "{\"message\":\"Upstream request failed.\"}");
            case LINE_ERROR_STRING -> fail(line, "null", "\"Upstream request failed.\"");
            case LINE_STATUS_400 -> fail(line, response(400, new Refused(400, "The request was refused upstream").body().toString()), "null");
            case LINE_STATUS_500 -> fail(line, response(500, new Refused(500, "Internal Server Error").body().toString()), "null");
            default -> fail(line, "null", "null");
        }
    }

    private void generate(BatchRequest.Line line, BatchFault fault) {
        ChatRequest chat = chat(line);
        Model model = batch.request().model();
        Wording whole = Wording.of(chat, model);
        boolean cut = fault == BatchFault.LINE_LENGTH || fault == BatchFault.LINE_CONTENT_NULL;
        String text = fault == BatchFault.LINE_CONTENT_NULL ? null : cut ? whole.text().substring(0, whole.text().length() / 2) : whole.text();
        BigDecimal price = model.cost(chat.promptTokens(), whole.tokens());
        boolean byok = batch.config().results().byok();
        Generation generation = new Generation("gen-batch-" + at.getEpochSecond() + "-" + hex(20), model.id(), chat.promptTokens(), whole.tokens(),
                cut ? "length" : whole.finishReason(), byok ? price.multiply(BYOK_FEE).stripTrailingZeros() : price, at, 0, false,
                new Generation.Terms(batch.config().results().activityModel() ? model.id() : model.id().replaceFirst(":batch$", ""), model.slug(),
                        "batch", batch.keyHash(), true, byok ? price : null));
        billed.add(new Billed(line, generation));
        String response = response(200, body(generation, text).toString());
        String id = TextNode.valueOf(line.customId()).toString();
        switch (fault == null ? BatchFault.LINE_LENGTH : fault) {
            case LINE_MISSING -> { }
            case LINE_UNDECODABLE -> good.add("\"simulated: no line " + hex(8) + "\"");
            case LINE_NO_CUSTOM_ID -> good.add("{\"id\":\"" + lineId() + "\",\"response\":" + response + ",\"error\":null}");
            case LINE_UNKNOWN_CUSTOM_ID -> good.add(told("\"unknown-" + hex(12) + "\"", response, "null"));
            case LINE_DUPLICATE -> {
                good.add(told(id, response, "null"));
                good.add(told(id, response, "null"));
            }
            default -> good.add(told(id, response, "null"));
        }
    }

    private ObjectNode body(Generation generation, String text) {
        ObjectNode body = generation.completion(text);
        switch (batch.config().results().usage()) {
            case "none" -> body.remove("usage");
            case "tokens" -> body.withObject("usage").retain("prompt_tokens", "completion_tokens", "total_tokens");
            default -> { }
        }
        return body;
    }

    /** What {@link LateRefusal} has found to be good. */
    private static ChatRequest chat(BatchRequest.Line line) {
        try {
            return ChatRequest.of(line.body());
        } catch (Refused e) {
            throw new IllegalStateException(e);
        }
    }

    private void fail(BatchRequest.Line line, String response, String error) {
        failed.add(told(TextNode.valueOf(line.customId()).toString(), response, error));
    }

    private String told(String customId, String response, String error) {
        return "{\"id\":\"" + lineId() + "\",\"custom_id\":" + customId + ",\"response\":" + response + ",\"error\":" + error + "}";
    }

    private static String response(int status, String body) {
        return "{\"status_code\":" + status + ",\"request_id\":null,\"body\":" + body + "}";
    }

    /** As the model's provider names lines. */
    private String lineId() {
        return switch (batch.request().model().author()) {
            case "anthropic" -> "msg_01" + hex(22);
            case "openai" -> "batch_req_" + hex(32);
            default -> "batch-" + hex(8) + "-" + hex(8) + "-" + (good.size() + failed.size());
        };
    }

    static String hex(int digits) {
        return UUID.randomUUID().toString().replace("-", "").substring(0, digits);
    }
}
