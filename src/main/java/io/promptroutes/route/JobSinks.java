package io.promptroutes.route;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.promptroutes.file.OutputFolder;
import io.promptroutes.flow.Arrival;
import io.promptroutes.ledger.FinishedWork;
import io.promptroutes.ledger.Ledger;
import io.promptroutes.prompt.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;

/** A job's output folder as the beans of routes/publish-to-files.camel.yaml. Thread-safe. */
public final class JobSinks {

    private final OutputFolder folder;

    public JobSinks(OutputFolder folder) {
        this.folder = folder;
    }

    public Map<String, Processor> beans() {
        return Map.of("appendResult", this::result, "appendDeadLetter", this::deadLetter, "appendCost", this::cost, "appendAlert",
                exchange -> folder.alert(body(exchange)));
    }

    private void result(Exchange exchange) throws IOException {
        byte[] line = body(exchange);
        String id = exchange.getVariable("id", String.class);
        folder.placed(exchange.getVariable("arrival", Arrival.class).source(), id);
        if (line == LookUp.STANDING) {
            folder.resultStands(id);
            return;
        }
        JsonNode stored = stored(exchange, line);
        if (stored == null) {
            folder.result(id, line);
            return;
        }
        boolean same = stored.path("id").asText().equals(id);
        if (same && folder.hasResult(id, line)) {
            folder.resultStands(id);
        } else {
            folder.result(id, same ? line : renamed((ObjectNode) stored, id, exchange));
        }
    }

    private void deadLetter(Exchange exchange) throws IOException {
        byte[] line = body(exchange);
        String id = exchange.getVariable("id", String.class);
        folder.placed(exchange.getVariable("arrival", Arrival.class).source(), id);
        if (line == LookUp.STANDING) {
            folder.deadLetterStands(id);
            return;
        }
        JsonNode stored = stored(exchange, line);
        boolean neverCalled = exchange.getVariable("run") == null;
        if ((stored != null || neverCalled) && folder.hasDeadLetter(id)) {
            if (stored != null) {
                folder.deadLetterStands(id);
            }
            return; // the line of an earlier run
        }
        folder.deadLetter(id, stored == null || stored.path("id").asText().equals(id) ? line : renamed((ObjectNode) stored, id, exchange));
    }

    /** The id by which a cost event is known is its own, not the prompt's. */
    private void cost(Exchange exchange) throws IOException {
        byte[] line = body(exchange);
        String id = Json.MAPPER.readTree(line).path("id").asText();
        if (!folder.hasCost(id)) {
            folder.cost(id, line);
        }
    }

    private static JsonNode stored(Exchange exchange, byte[] line) throws IOException {
        return exchange.getVariable("stored") == null ? null : Json.MAPPER.readTree(line);
    }

    /** A line without an id of its own has moved: the same work stands under another name now. */
    private static byte[] renamed(ObjectNode stored, String id, Exchange exchange) throws IOException {
        stored.put("id", id);
        stored.set("source", Json.MAPPER.valueToTree(exchange.getVariable("arrival", Arrival.class).source()));
        return Json.MAPPER.writeValueAsBytes(stored);
    }

    /** Whether the folder has the id's result (true) or dead letter (false). */
    public boolean has(String id, boolean result) {
        return result ? folder.hasResult(id) : folder.hasDeadLetter(id);
    }

    /** Writes what an earlier run had on disk in the ledger, and not in the files when it died. */
    public void restore(Ledger ledger, String job) {
        ledger.history().forEachFinished(job, this::restore);
        ledger.history().events(job, this::restoreEvent);
    }

    private void restoreEvent(byte[] event) {
        try {
            String id = Json.MAPPER.readTree(event).path("id").asText();
            if (!folder.hasCost(id)) {
                folder.cost(id, event);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void restore(FinishedWork work) {
        try {
            if (work.json() == null) {
                return;
            }
            if (work.answered() && !folder.hasResult(work.promptId())) {
                folder.result(work.promptId(), work.json());
            } else if (!work.answered() && !folder.hasDeadLetter(work.promptId()) && !folder.hasResult(work.promptId())) {
                folder.deadLetter(work.promptId(), work.json());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static byte[] body(Exchange exchange) {
        return exchange.getMessage().getBody(byte[].class);
    }
}
