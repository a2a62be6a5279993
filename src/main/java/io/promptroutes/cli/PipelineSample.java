package io.promptroutes.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.promptroutes.PromptFailed;
import io.promptroutes.app.Endpoint;
import io.promptroutes.component.RecordSample;
import io.promptroutes.component.StepOptions;
import io.promptroutes.file.Arrivals;
import io.promptroutes.file.InputFiles;
import io.promptroutes.flow.Ending;
import io.promptroutes.flow.Estimate;
import io.promptroutes.flow.Inbound;
import io.promptroutes.flow.PromptContext;
import io.promptroutes.pipeline.Job;
import io.promptroutes.pipeline.LedgerPolicy;
import io.promptroutes.prompt.InvalidPrompt;
import io.promptroutes.prompt.Json;
import io.promptroutes.prompt.Shown;
import io.promptroutes.prompt.Source;
import io.promptroutes.prompt.Strategy;
import io.promptroutes.prompt.Template;
import io.promptroutes.settings.Finding;
import io.promptroutes.settings.RouteSettings;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What a pipeline would make of some records: messages, model and cost, what goes on, and which of them would be dead letters. One use: run, then print. */
final class PipelineSample {

    private static final int LINES = 30;
    private static final int LINE = 300;

    private final String pipeline;
    private final StepOptions step;
    private final List<Inbound> asked;
    private final long tombstones;
    private final Map<Source, PromptContext> asks = new ConcurrentHashMap<>();
    private final Map<Source, JsonNode> refused = new ConcurrentHashMap<>();
    private Estimate.Row total;

    /** @param taken what its step asks about of each record */
    PipelineSample(String pipeline, StepOptions step, List<Inbound> taken) {
        this.pipeline = pipeline;
        this.step = step;
        asked = taken.stream().filter(one -> !step.tombstone(one)).toList();
        tombstones = taken.size() - asked.size();
    }

    /** Has each record go its way up to its first call, which is not made. */
    void run(Endpoint called, boolean offline) throws InterruptedException {
        EstimateRun.Watch watch = new EstimateRun.Watch(run -> asks.put(run.prompt().source(), run), this::refuse, offline);
        LedgerPolicy policy = new LedgerPolicy(called.provider(), pipeline, "check", false, false, false, false);
        RouteSettings routes = new RouteSettings(called.settings(), called.key(), keys -> step.prompts());
        total = new EstimateRun(routes, null, policy, new Job(), watch,
                (window, tally) -> new Arrivals(new InputFiles(Map.of(), step.prompts(), null, false), asked.iterator(), window, tally)).total();
    }

    private void refuse(Ending ending) {
        if (!ending.answered()) {
            refused.put(ending.source(), Json.tree(ending.json()).path("error"));
        }
    }

    void print(PrintWriter out) {
        asked.stream().filter(one -> asks.containsKey(one.source())).findFirst().ifPresent(one -> first(one, asks.get(one.source()), out));
        Map<String, List<Inbound>> reasons = new LinkedHashMap<>();
        asked.stream().filter(one -> refused.containsKey(one.source())).forEach(one -> {
            JsonNode error = refused.get(one.source());
            reasons.computeIfAbsent(error.path("code").asText() + ", " + error.path("message").asText(), why -> new ArrayList<>()).add(one);
        });
        reasons.forEach((why, letters) -> line(out, "dead letter", letters.get(0).source().defaultId() + (letters.size() == 1 ? "" : " and " + (letters.size() - 1) + " more") + ": " + why));
        if (asks.isEmpty() && !records().isEmpty()) {
            line(out, "has fields", String.join(", ", fields()));
        }
        if (tombstones > 0) {
            line(out, "tombstones", tombstones + ", which ask nothing (option tombstones)");
        }
        if (total.calls() > 0) {
            line(out, "estimate", "first calls of " + asks.size() + (asks.size() == 1 ? " record: " : " records: ") + total.tokensIn() + " tokens in, expected $"
                    + Course.cents(total.usd().expected()) + ", at most $" + Course.cents(total.usd().high()));
        }
    }

    private void first(Inbound record, PromptContext run, PrintWriter out) {
        line(out, "record", record.source().defaultId() + ", " + record.length() + " bytes; steps of the route in front of prompt: are not run");
        boolean compare = run.prompt().strategy() == Strategy.COMPARE;
        line(out, "model", (compare ? String.join(", ", run.chain().models()) : run.chain().model()) + " (task " + run.task() + ")");
        for (JsonNode message : run.prompt().request().path("messages")) {
            text(out, message.path("role").asText(), message.path("content").isTextual() ? message.path("content").textValue() : message.path("content").toString());
        }
        Set<String> with = new TreeSet<>();
        run.prompt().request().fieldNames().forEachRemaining(with::add);
        with.remove("messages");
        line(out, "sent with", with.isEmpty() ? "no other fields" : String.join(", ", with));
        try {
            RecordSample sample = new RecordSample(step, record);
            Set<String> sent = sample.sent();
            Set<String> kept = new TreeSet<>();
            sample.record().fieldNames().forEachRemaining(kept::add);
            kept.removeAll(sent);
            line(out, "leaves", sent.isEmpty() ? "no field of the record" : "of the record: " + String.join(", ", sent));
            line(out, "stays", kept.isEmpty() ? "no field of the record" : String.join(", ", kept));
            text(out, "goes on", sample.goesOn(run.prompt().id()));
        } catch (InvalidPrompt | PromptFailed e) {
            line(out, "goes on", "nothing: " + e.getMessage());
        }
    }

    /** What every record has in common, and somebody should mend. */
    void findings(Consumer<Finding> found) {
        List<JsonNode> records = records();
        Set<String> absent = records.isEmpty() ? Set.of() : Stream.of(step.prompts().template(), step.prompts().system()).filter(Objects::nonNull)
                .map((Template template) -> template.absent(records)).flatMap(Set::stream).collect(Collectors.toCollection(TreeSet::new));
        if (!absent.isEmpty()) {
            found.accept(Finding.warning("pipeline " + pipeline + ": no record of the sample has " + String.join(", ", absent) + ", which its template names",
                    "option prompt or system", Finding.nearest(absent.iterator().next(), fields(), "correct the name") + " A field that some records have is written {{#name}}...{{/name}}"));
        }
        if (!refused.isEmpty() && asks.isEmpty()) {
            found.accept(Finding.fault("pipeline " + pipeline + ": every record of the sample would be a dead letter", "", "see the reasons above"));
        }
    }

    private List<JsonNode> records() {
        return asked.stream().filter(one -> one.bytes() != null && one.refusal() == null && !one.tooLong()).map(one -> new RecordSample(step, one).record()).toList();
    }

    /** Of all records, by name. */
    private Set<String> fields() {
        Set<String> fields = new TreeSet<>();
        records().forEach(record -> record.fieldNames().forEachRemaining(fields::add));
        return fields;
    }

    private static void line(PrintWriter out, String what, String text) {
        out.printf("  %-11s %s%n", what, Shown.of(text, 10 * LINE));
    }

    /** A text of several lines, of which the first are shown. */
    private static void text(PrintWriter out, String what, String text) {
        List<String> lines = text.lines().limit(LINES + 1L).toList();
        line(out, what, text.length() + " characters");
        lines.stream().limit(LINES).forEach(one -> out.println("              | " + Shown.of(one, LINE)));
        if (lines.size() > LINES) {
            out.println("              | ...");
        }
    }
}
