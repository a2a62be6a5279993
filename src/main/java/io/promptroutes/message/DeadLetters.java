package io.promptroutes.message;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.promptroutes.flow.Failure;
import io.promptroutes.flow.Inbound;
import io.promptroutes.flow.PromptContext;
import io.promptroutes.prompt.DeadLetterLine;
import io.promptroutes.prompt.InvalidPrompt;
import io.promptroutes.prompt.Json;
import io.promptroutes.prompt.Prompt;
import io.promptroutes.prompt.Source;
import io.promptroutes.prompt.Writable;

/** Writes dead letters as JSON (docs/messages.md). Stateless. */
public final class DeadLetters {

    private DeadLetters() {
    }

    /** The dead letter of a prompt that was called, or could not be. */
    public static byte[] failed(PromptContext run) {
        Prompt prompt = run.prompt();
        ObjectNode out = head(prompt.id(), run.calls().end());
        if (run.calls().unfit() != null) {
            out.put("text", run.calls().unfit().text()); // it was paid for
        }
        out.putPOJO("routing", Routing.of(run));
        out.putPOJO("attempts", run.chain().attempts());
        Results.cost(out, run);
        Results.origin(out, prompt);
        DeadLetterLine.hold(out, prompt.raw());
        return Json.bytes(out);
    }

    /** The dead letter of input that is no prompt. */
    public static byte[] rejected(Inbound arrival, InvalidPrompt why) {
        String id = why.id() == null ? arrival.source().defaultId() : why.id();
        ObjectNode out = head(id, new Failure(why.code(), why.getMessage(), false));
        out.putArray("attempts");
        out.putPOJO("source", arrival.source());
        out.put("key", arrival.key());
        if (arrival.tooLong()) {
            out.put("raw_bytes", arrival.length());
            out.put("raw_head_base64", arrival.bytes()); // under a name of its own: fed in again it would pass as the whole
        } else {
            DeadLetterLine.hold(out, arrival.bytes());
        }
        return Json.bytes(out);
    }

    /** The dead letter of a record whose route ended it behind its answer, or before it asked anything. */
    public static byte[] ofRoute(String id, Source source, Failure why) {
        ObjectNode out = head(id, why);
        out.putArray("attempts");
        out.putPOJO("source", source);
        return Json.bytes(out);
    }

    /** A dead letter of a few hundred bytes, for where the whole has no room. */
    public static byte[] withoutRequest(byte[] deadLetter) {
        JsonNode whole = Json.tree(deadLetter);
        JsonNode error = whole.path("error");
        String message = error.path("message").asText();
        String id = whole.path("id").asText();
        ObjectNode out = head(Writable.cut(id, 200), new Failure(error.path("code").asText(),
                Writable.cut(message, 400), error.path("retryable").asBoolean()));
        out.set("source", whole.path("source"));
        return Json.bytes(out);
    }

    private static ObjectNode head(String id, Failure failure) {
        return Json.MAPPER.createObjectNode().put("id", id).put("status", "failed").putPOJO("error", failure);
    }
}
