package io.promptroutes.pipeline;

import io.promptroutes.file.IdSet;
import io.promptroutes.file.OutputFolder;
import io.promptroutes.flow.Ending;
import io.promptroutes.flow.Recipient;
import io.promptroutes.ledger.FinishedWork;
import io.promptroutes.ledger.KnownWork;
import io.promptroutes.ledger.Ledger;
import io.promptroutes.prompt.Json;
import io.promptroutes.prompt.Prompt;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A job's output folder, for its results, dead letters, cost events and alerts. Thread-safe. */
public final class JobSinks implements LedgerPolicy.Earlier, Recipient {

    private static final Logger LOG = LoggerFactory.getLogger(JobSinks.class);

    private final OutputFolder folder;
    private final IdSet asked = new IdSet();
    /** Of prompts that the job had ended more than once when it began, each time asking something else, and whose texts nobody keeps: when it did so last; and of those without a line. */
    private final Map<String, Instant> last = new HashMap<>();

    public JobSinks(OutputFolder folder) {
        this.folder = folder;
    }

    @Override
    public void take(Ending ending) throws IOException {
        folder.placed(ending.source(), ending.id(), ending.identity());
        if (ending.json() == Ending.STANDING || ending.again() && folder.hasExactly(ending.id(), ending.json(), ending.answered())) {
            folder.stands(ending.id(), ending.answered());
        } else {
            folder.end(ending.id(), ending.identity(), ending.json(), ending.answered(), ending.again());
        }
    }

    /** Appends an alert. */
    public void alert(byte[] alert) throws IOException {
        folder.alert(alert);
    }

    /** Appends a cost event, unless it is there. */
    void cost(byte[] event) throws IOException {
        String id = Json.text(event, "id");
        if (id == null) {
            LOG.warn("a cost event in the ledger cannot be read, and is left out of the files");
        } else if (!folder.hasCost(id)) {
            folder.cost(id, event);
        }
    }

    @Override
    public boolean has(Prompt prompt, KnownWork.Ended end) {
        return end.when().equals(last.getOrDefault(prompt.identity(), end.when())) && folder.has(prompt.id(), prompt.identity(), end.answered());
    }

    @Override
    public boolean asked(String identity) {
        return asked.contains(identity);
    }

    /** Writes what an earlier run had on disk in the ledger, and not in the files when it died. Of what a prompt came to the last end counts. */
    public void restore(Ledger ledger, String job) {
        ledger.history().forEachFinished(job, work -> {
            if (!asked.add(work.identity()) && work.json() == null || missing(work)) {
                last.put(work.identity(), Instant.MIN);
            }
        });
        if (asked.size() > 0) {
            folder.continued();
        }
        if (!last.isEmpty()) {
            ledger.history().forEachFinished(job, work -> last.computeIfPresent(work.identity(),
                    (identity, end) -> end.isAfter(work.finishedAt()) ? end : work.finishedAt()));
            ledger.history().forEachFinished(job, work -> {
                if (missing(work) && work.finishedAt().equals(last.get(work.identity()))) {
                    restore(work);
                }
            });
        }
        restoreEvents(ledger, job);
    }

    /** Its cost events alone, for a job whose lines are read, and answered, once more. */
    public void restoreEvents(Ledger ledger, String job) {
        ledger.history().events(job, this::restoreEvent);
    }

    private boolean missing(FinishedWork work) {
        return work.json() != null && !folder.knows(work.identity());
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
            } else {
                folder.end(work.promptId(), work.identity(), work.json(), work.answered(), true);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
