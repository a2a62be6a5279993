package io.promptroutes.simulator;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.promptroutes.prompt.Json;
import io.vertx.core.buffer.Buffer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;

/** Writes response bodies, each with the mark that it is simulated. Stateless. */
final class Bodies {

    private Bodies() {
    }

    static Buffer marked(ObjectNode body) {
        try {
            return Buffer.buffer(Json.MAPPER.writeValueAsBytes(body.put("simulated", true)));
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A completion with text and usage. Streamed rather than built as a tree: this is the path that benchmarks take. */
    static Buffer completion(Generation generation, String text) {
        return write(json -> {
            head(json, generation);
            choice(json, text, generation.finishReason(), generation.finishReason());
            usage(json, generation);
        });
    }

    /** A completion without text and usage, as when the connection to the provider broke. */
    static Buffer empty(Generation generation) {
        return write(json -> {
            head(json, generation);
            choice(json, "", "stop", "network_error");
        });
    }

    /** An error inside a 200. */
    static Buffer failed(Generation generation, Refused error, boolean withUsage) {
        return write(json -> {
            json.writeStringField("id", generation.id());
            json.writeFieldName("error");
            json.writeTree(error.body().get("error"));
            if (withUsage) {
                usage(json, generation);
            }
        });
    }

    private interface Part {
        void writeTo(JsonGenerator json) throws IOException;
    }

    private static Buffer write(Part part) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(1_536);
        try (JsonGenerator json = Json.MAPPER.createGenerator(out)) {
            json.writeStartObject();
            part.writeTo(json);
            json.writeBooleanField("simulated", true);
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return Buffer.buffer(out.toByteArray());
    }

    private static void head(JsonGenerator json, Generation generation) throws IOException {
        json.writeStringField("id", generation.id());
        json.writeStringField("provider", "Simulated");
        json.writeStringField("model", generation.model());
        json.writeStringField("object", "chat.completion");
        json.writeNumberField("created", generation.at().getEpochSecond());
    }

    private static void choice(JsonGenerator json, String text, String finishReason, String nativeReason) throws IOException {
        json.writeArrayFieldStart("choices");
        json.writeStartObject();
        json.writeNullField("logprobs");
        json.writeStringField("finish_reason", finishReason);
        json.writeStringField("native_finish_reason", nativeReason);
        json.writeNumberField("index", 0);
        json.writeObjectFieldStart("message");
        json.writeStringField("role", "assistant");
        json.writeStringField("content", text);
        json.writeNullField("refusal");
        json.writeNullField("reasoning");
        json.writeEndObject();
        json.writeEndObject();
        json.writeEndArray();
    }

    private static void usage(JsonGenerator json, Generation generation) throws IOException {
        // as BigDecimal spells it: small amounts have an exponent, as OpenRouter's have
        String cost = generation.cost().toString();
        json.writeObjectFieldStart("usage");
        json.writeNumberField("prompt_tokens", generation.promptTokens());
        json.writeNumberField("completion_tokens", generation.completionTokens());
        json.writeNumberField("total_tokens", generation.promptTokens() + generation.completionTokens());
        json.writeFieldName("cost");
        json.writeNumber(cost);
        json.writeBooleanField("is_byok", false);
        json.writeObjectFieldStart("prompt_tokens_details");
        json.writeNumberField("cached_tokens", 0);
        json.writeEndObject();
        json.writeObjectFieldStart("cost_details");
        json.writeFieldName("upstream_inference_cost");
        json.writeNumber(cost);
        json.writeEndObject();
        json.writeObjectFieldStart("completion_tokens_details");
        json.writeNumberField("reasoning_tokens", 0);
        json.writeEndObject();
        json.writeEndObject();
    }
}
