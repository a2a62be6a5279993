package io.promptroutes.route;

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
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A job's output folder as the beans of routes/publish-to-files.camel.yaml. Thread-safe. */
public final class JobSinks {

    private static final Logger LOG = LoggerFactory.getLogger(JobSinks.class);

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
        if (exchange.getVariable("stored") == null) {
            folder.result(id, line);
        } else if (id.equals(Json.text(line, "id")) && folder.hasResult(id, line)) {
            folder.resultStands(id);
        } else {
            folder.result(id, named(line, id, exchange));
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
        boolean stored = exchange.getVariable("stored") != null;
        boolean neverCalled = exchange.getVariable("run") == null;
        if ((stored || neverCalled) && folder.hasDeadLetter(id)) {
            if (stored) {
                folder.deadLetterStands(id);
            }
            return; // the line of an earlier run
        }
        folder.deadLetter(id, stored ? named(line, id, exchange) : line);
    }

    /** The id by which a cost event is known is its own, not the prompt's. */
    private void cost(Exchange exchange) throws IOException {
        cost(body(exchange));
    }

    private void cost(byte[] event) throws IOException {
        String id = Json.text(event, "id");
        if (id == null) {
            LOG.warn("a cost event in the ledger cannot be read, and is left out of the files");
        } else if (!folder.hasCost(id)) {
            folder.cost(id, event);
        }
    }

    /** A line without an id of its own may have moved: then the same work stands under another name now. */
    private static byte[] named(byte[] stored, String id, Exchange exchange) {
        if (id.equals(Json.text(stored, "id"))) {
            return stored;
        }
        try {
            ObjectNode renamed = (ObjectNode) Json.MAPPER.readTree(stored);
            renamed.put("id", id);
            renamed.set("source", Json.MAPPER.valueToTree(exchange.getVariable("arrival", Arrival.class).source()));
            return Json.bytes(renamed);
        } catch (IOException | NumberFormatException e) {
            LOG.warn("the stored line of {} cannot be read, and stands under its earlier id", id);
            return stored;
        }
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
            cost(event);
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
