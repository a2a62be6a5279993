package io.promptroutes.telemetry;

import static io.opentelemetry.api.common.AttributeKey.stringArrayKey;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import io.promptroutes.call.Answer;
import io.promptroutes.call.CallFailed;
import io.promptroutes.flow.Call;
import io.promptroutes.flow.PromptContext;
import io.promptroutes.model.Usage;
import io.promptroutes.prompt.Json;
import io.promptroutes.prompt.Source;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A span for each prompt, below the one that its record names, and below it a client span {@code chat MODEL} for each call, as
 * OpenTelemetry's conventions for generative AI say. Contexts are handed on in the {@link PromptSpans}, never by thread. Thread-safe.
 */
public final class Traces {

    private static final Pattern TRACEPARENT = Pattern.compile("00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})");

    private final Tracer tracer;
    private final Labels labels;
    private final boolean content;

    /** @param content whether spans hold the text of prompts and answers */
    public Traces(OpenTelemetry telemetry, Labels labels, boolean content) {
        tracer = telemetry.getTracer("io.promptroutes");
        this.labels = labels;
        this.content = content;
    }

    /** A prompt came in. @param traceparent of whoever sent it; null where nobody said */
    public PromptSpans arrived(Source source, String traceparent) {
        SpanBuilder span = tracer.spanBuilder("prompt").setParent(Context.root().with(Span.wrap(sender(traceparent))));
        if (source.topic() != null) {
            span.setSpanKind(SpanKind.CONSUMER).setAttribute("messaging.system", "kafka").setAttribute("messaging.destination.name", source.topic())
                    .setAttribute("messaging.destination.partition.id", String.valueOf(source.partition()))
                    .setAttribute("messaging.kafka.offset", source.offset());
        }
        return new PromptSpans(span.startSpan());
    }

    private static SpanContext sender(String traceparent) {
        Matcher parts = traceparent == null ? null : TRACEPARENT.matcher(traceparent);
        return parts == null || !parts.matches() ? SpanContext.getInvalid() : SpanContext.createFromRemoteParent(parts.group(1), parts.group(2),
                TraceFlags.fromHex(parts.group(3), 0), TraceState.getDefault());
    }

    /** A call begins. */
    public void calling(PromptSpans passage, PromptContext run) {
        if (!passage.prompt.isRecording()) {
            return;
        }
        Call call = run.calls().last();
        String model = run.chain().calledModel();
        SpanBuilder span = tracer.spanBuilder("chat " + model).setSpanKind(SpanKind.CLIENT).setParent(Context.root().with(passage.prompt))
                .setAttribute("gen_ai.operation.name", "chat").setAttribute("gen_ai.provider.name", labels.provider())
                .setAttribute("gen_ai.request.model", model)
                .setAttribute("server.address", labels.address().getHost()).setAttribute("server.port", labels.port())
                .setAttribute("prompt_routes.attempt", call.attempt());
        if (call.request().capped()) {
            span.setAttribute("gen_ai.request.max_tokens", call.request().outputCap());
        }
        if (content) {
            span.setAttribute("gen_ai.input.messages", messages(run.fields().path("messages")));
        }
        passage.call = span.startSpan();
    }

    /** The call has ended. */
    void called(PromptSpans passage, Call call) {
        Span span = passage.call;
        if (span.isRecording()) {
            if (call.paid() != null) {
                answered(span, call.paid());
            }
            if (call.answer() == null) {
                failed(span, call.failure());
            }
            Usage usage = call.usage();
            if (usage != null) {
                span.setAttribute("gen_ai.usage.input_tokens", usage.promptTokens()).setAttribute("gen_ai.usage.output_tokens", usage.completionTokens())
                        .setAttribute("gen_ai.usage.cache_read.input_tokens", usage.cachedTokens())
                        .setAttribute("gen_ai.usage.cache_creation.input_tokens", usage.cacheWriteTokens())
                        .setAttribute("gen_ai.usage.reasoning.output_tokens", usage.reasoningTokens());
            }
            span.end();
            passage.call = Span.getInvalid();
        }
    }

    private void answered(Span span, Answer answer) {
        set(span, "gen_ai.response.id", answer.generationId());
        set(span, "gen_ai.response.model", answer.model());
        if (answer.finishReason() != null) {
            span.setAttribute(stringArrayKey("gen_ai.response.finish_reasons"), List.of(answer.finishReason()));
        }
        if (content) {
            span.setAttribute("gen_ai.output.messages", messages(answer));
        }
    }

    /** Without the provider's words, which may quote the prompt. */
    private static void failed(Span span, CallFailed.Details failure) {
        span.setStatus(StatusCode.ERROR).setAttribute("error.type", failure.kind().toString());
        set(span, "gen_ai.response.id", failure.generationId());
        if (failure.status() != null) {
            span.setAttribute("http.response.status_code", failure.status());
        }
    }

    private static void set(Span span, String name, String value) {
        if (value != null) {
            span.setAttribute(name, value);
        }
    }

    /** The prompt is finished. @param run null where it was none; code, of its dead letter, or null */
    void finished(PromptSpans passage, String id, PromptContext run, Meters.Outcome outcome, String code) {
        Span span = passage.prompt;
        if (span.isRecording()) {
            set(span, "prompt_routes.prompt.id", id);
            span.setAttribute("prompt_routes.outcome", outcome.toString());
            if (run != null) {
                span.setAttribute("prompt_routes.task", run.task()).setAttribute("prompt_routes.strategy", run.prompt().strategy().toString());
            }
            if (code != null) {
                span.setStatus(StatusCode.ERROR).setAttribute("error.type", code);
            }
        }
        span.end();
    }

    /** The messages of a request as the conventions have them: a role and parts. */
    private static String messages(JsonNode messages) {
        ArrayNode all = Json.MAPPER.createArrayNode();
        for (JsonNode message : messages) {
            JsonNode content = message.path("content");
            ArrayNode parts = all.addObject().put("role", message.path("role").asText()).putArray("parts");
            if (content.isTextual()) {
                text(parts, content.asText());
            }
            for (JsonNode part : content) {
                if (part.path("text").isTextual()) {
                    text(parts, part.get("text").asText());
                } else {
                    parts.addObject().put("type", part.path("type").asText()); // images and files would be megabytes
                }
            }
        }
        return all.toString();
    }

    private static String messages(Answer answer) {
        ObjectNode message = Json.MAPPER.createObjectNode().put("role", "assistant");
        text(message.putArray("parts"), answer.text());
        message.put("finish_reason", answer.finishReason());
        return Json.MAPPER.createArrayNode().add(message).toString();
    }

    private static void text(ArrayNode parts, String text) {
        parts.addObject().put("type", "text").put("content", text);
    }
}
