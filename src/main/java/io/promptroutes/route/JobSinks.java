package io.promptroutes.route;

import io.promptroutes.file.IdSet;
import io.promptroutes.file.OutputFolder;
import io.promptroutes.flow.Arrival;
import io.promptroutes.ledger.FinishedWork;
import io.promptroutes.ledger.Ledger;
import io.promptroutes.prompt.Json;
import io.promptroutes.prompt.Prompt;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A job's output folder as the beans of routes/publish-to-files.camel.yaml. Thread-safe. */
public final class JobSinks implements LedgerPolicy.Earlier {

    private static final Logger LOG = LoggerFactory.getLogger(JobSinks.class);

    private final OutputFolder folder;
    private final IdSet asked = new IdSet();

    public JobSinks(OutputFolder folder) {
        this.folder = folder;
    }

    public Map<String, Processor> beans() {
        return Map.of("appendResult", this::result, "appendDeadLetter", this::deadLetter, "appendCost", this::cost, "appendAlert",
                exchange -> folder.alert(body(exchange)));
    }

    private void result(Exchange exchange) throws IOException {
        byte[] line = body(exchange);
        String id = placed(exchange);
        if (line == LookUp.STANDING || exchange.getVariable("stored") != null && folder.hasResult(line)) {
            folder.resultStands(id);
        } else {
            folder.result(id, line);
        }
    }

    private void deadLetter(Exchange exchange) throws IOException {
        byte[] line = body(exchange);
        String id = placed(exchange);
        boolean again = exchange.getVariable("stored") != null || exchange.getVariable("run") == null; // else it was called
        if (line == LookUp.STANDING || again && folder.hasDeadLetter(line)) {
            folder.deadLetterStands(id);
        } else {
            folder.deadLetter(id, line);
        }
    }

    /** The id of the line. */
    private String placed(Exchange exchange) {
        String id = exchange.getVariable("id", String.class);
        String identity = exchange.getVariable("identity", String.class);
        folder.placed(exchange.getVariable("arrival", Arrival.class).source(), id, identity == null ? id : identity);
        return id;
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

    @Override
    public boolean has(Prompt prompt, boolean answered) {
        return folder.has(prompt.id(), prompt.identity(), answered);
    }

    @Override
    public boolean asked(String identity) {
        return asked.contains(identity);
    }

    /** Writes what an earlier run had on disk in the ledger, and not in the files when it died. Of what a prompt came to the last end counts. */
    public void restore(Ledger ledger, String job) {
        Map<String, Instant> missing = new HashMap<>();
        ledger.history().forEachFinished(job, work -> {
            asked.add(work.identity());
            if (work.json() != null && !folder.knows(work.identity())) {
                missing.put(work.identity(), Instant.MIN);
            }
        });
        if (asked.size() > 0) {
            folder.continued();
        }
        if (!missing.isEmpty()) {
            ledger.history().forEachFinished(job, work -> missing.computeIfPresent(work.identity(),
                    (identity, last) -> last.isAfter(work.finishedAt()) ? last : work.finishedAt()));
            ledger.history().forEachFinished(job, work -> {
                if (work.json() != null && work.finishedAt().equals(missing.get(work.identity()))) {
                    restore(work);
                }
            });
        }
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
            if (folder.knows(work.promptId())) {
                folder.displaced(work.json());
            } else if (work.answered()) {
                folder.result(work.promptId(), work.json());
            } else {
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
