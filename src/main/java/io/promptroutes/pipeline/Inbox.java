package io.promptroutes.pipeline;

import io.promptroutes.file.Arrivals;
import io.promptroutes.file.InboxFolder;
import io.promptroutes.file.InboxFolder.Claim;
import io.promptroutes.file.InputFiles;
import io.promptroutes.file.OutputFolder;
import io.promptroutes.flow.AdmissionGate;
import io.promptroutes.flow.JobStatistics;
import io.promptroutes.flow.Variables;
import io.promptroutes.ledger.Ledger;
import io.promptroutes.ledger.LedgerUnavailable;
import io.promptroutes.prompt.PromptSettings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.camel.AsyncCallback;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.spi.ReactiveExecutor;
import org.apache.camel.support.AsyncProcessorSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The files of a folder, each a job of its own: the beans of routes/prompts-from-inbox.camel.yaml, and of publish-to-files.camel.yaml for
 * prompts of such files. A file's results grow in {@code done/<name>/}; the file itself follows when all of them are there, and by that
 * it is known to be done. Thread-safe.
 *
 * @param settled how long nobody may have written to a file that is complete
 */
public record Inbox(InboxFolder directory, Duration settled, Ledger ledger, AdmissionGate intake, JobStatistics tally, PromptSettings prompts) {

    private static final Logger LOG = LoggerFactory.getLogger(Inbox.class);

    /** A file that is being answered. */
    private static final class Taken extends Job {

        private final Claim claim;
        private final OutputFolder folder;
        private final Arrivals arrivals;

        private Taken(String name, JobSinks sinks, Claim claim, OutputFolder folder, Arrivals arrivals) {
            super(name, sinks);
            this.claim = claim;
            this.folder = folder;
            this.arrivals = arrivals;
        }
    }

    public Map<String, Processor> beans() {
        Map<String, Processor> beans = new HashMap<>();
        beans.put("claimFiles", this::claim);
        beans.put("openFile", this::open);
        beans.put("countLine", exchange -> Job.of(exchange).take());
        beans.put("awaitFile", new Await());
        beans.put("putFileAway", this::putAway);
        for (String sink : List.of("appendResult", "appendDeadLetter", "appendCost", "appendAlert")) {
            beans.put(sink, exchange -> Job.of(exchange).sinks.beans().get(sink).process(exchange));
        }
        return beans;
    }

    /** What somebody has to see to; null where there is nothing. */
    public String problem() {
        return directory.problem();
    }

    /** Makes the files that are complete the body. */
    private void claim(Exchange exchange) {
        exchange.getMessage().setBody(intake.closed() ? List.of() : directory.take(settled));
    }

    /** Makes the file's lines the body. What the ledger has for them, and the outputs lost in a crash, is written at once. */
    private void open(Exchange exchange) throws IOException {
        Claim claim = exchange.getMessage().getBody(Claim.class);
        OutputFolder folder;
        try {
            folder = new OutputFolder(claim.outputs(), false);
        } catch (FileAlreadyExistsException e) {
            directory.putAway(claim, "its results cannot be written to " + claim.outputs() + ": " + e.getMessage());
            exchange.setRouteStop(true);
            return;
        } catch (IOException | UncheckedIOException e) {
            directory.leave(claim, e instanceof OutputFolder.InUse ? null : "has to wait: " + e);
            exchange.setRouteStop(true);
            return;
        }
        if (Files.notExists(claim.file())) { // another instance held the folder, and has put it away
            folder.close();
            directory.leave(claim, null);
            exchange.setRouteStop(true);
            return;
        }
        try {
            String id = OutputFolder.job(claim.outputs(), "inbox " + claim.outputs().toRealPath() + " " + Instant.now());
            JobSinks sinks = new JobSinks(folder);
            sinks.restore(ledger, id);
            InputFiles lines = new InputFiles(Map.of(claim.name(), claim.file()), prompts, null, false);
            Arrivals arrivals = new Arrivals(lines, lines, intake, tally);
            exchange.setVariable(Variables.JOB, new Taken(id, sinks, claim, folder, arrivals));
            exchange.getMessage().setBody(arrivals);
        } catch (LedgerUnavailable | IOException | UncheckedIOException e) {
            folder.close();
            directory.leave(claim, "has to wait: " + e); // it is looked at again in a second
            exchange.setRouteStop(true);
        }
    }

    /** Holds the file's exchange, and no thread, until its last prompt is finished. */
    private final class Await extends AsyncProcessorSupport {

        @Override
        public boolean process(Exchange exchange, AsyncCallback callback) {
            Taken taken = exchange.getVariable(Variables.JOB, Taken.class);
            if (intake.closed()) {
                taken.leave();
            }
            ReactiveExecutor executor = exchange.getContext().getCamelContextExtension().getReactiveExecutor();
            taken.whenOver(() -> executor.schedule(() -> callback.done(false)));
            return false;
        }
    }

    private void putAway(Exchange exchange) {
        Taken taken = exchange.getVariable(Variables.JOB, Taken.class);
        taken.arrivals.close();
        boolean whole = !taken.left() && taken.arrivals.unreadable().isEmpty();
        try {
            taken.folder.close(whole ? List.of(taken.claim.name()) : List.of(), () -> end(taken));
        } catch (IOException e) {
            directory.leave(taken.claim, "has to be looked through again: " + e);
        }
    }

    private void end(Taken taken) {
        if (taken.left()) {
            LOG.info("{} is left, and goes on at the next start", taken.claim.file());
            directory.leave(taken.claim, null);
        } else {
            directory.putAway(taken.claim, taken.arrivals.unreadable().stream().findFirst().orElse(null));
        }
    }
}
