package io.promptroutes.route;

import io.promptroutes.file.Arrivals;
import io.promptroutes.file.InputFiles;
import io.promptroutes.file.OutputFolder;
import io.promptroutes.flow.Intake;
import io.promptroutes.flow.Tally;
import io.promptroutes.ledger.Ledger;
import io.promptroutes.ledger.LedgerUnavailable;
import io.promptroutes.prompt.PromptSettings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
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
 */
public final class Inbox {

    private static final Logger LOG = LoggerFactory.getLogger(Inbox.class);

    private final Path directory;
    private final Ledger ledger;
    private final Intake intake;
    private final Tally tally;
    private final PromptSettings prompts;

    /** A file that is being answered. Exchange variable {@code inboxFile}. */
    private record Taken(Path file, Path outputs, OutputFolder folder, Arrivals arrivals, Job job) {

        static final String VARIABLE = "inboxFile";
    }

    public Inbox(Path directory, Ledger ledger, Intake intake, Tally tally, PromptSettings prompts) {
        this.directory = directory;
        this.ledger = ledger;
        this.intake = intake;
        this.tally = tally;
        this.prompts = prompts;
    }

    public Map<String, Processor> beans() {
        Map<String, Processor> beans = new HashMap<>();
        beans.put("openFile", this::open);
        beans.put("countLine", exchange -> Job.of(exchange).take());
        beans.put("awaitFile", new Await());
        beans.put("putFileAway", this::putAway);
        for (String sink : List.of("appendResult", "appendDeadLetter", "appendCost", "appendAlert")) {
            beans.put(sink, exchange -> Job.of(exchange).sinks().beans().get(sink).process(exchange));
        }
        return beans;
    }

    /** Makes the file's lines the body. What the ledger has for them, and the outputs lost in a crash, is written at once. */
    private void open(Exchange exchange) throws IOException {
        Path file = directory.resolve(exchange.getMessage().getHeader(Exchange.FILE_NAME_ONLY, String.class));
        String name = file.getFileName().toString();
        String changed = Files.getLastModifiedTime(file).toInstant().toString();
        Path outputs = directory.resolve("done").resolve(name);
        if (Files.exists(outputs.resolve(name))) {
            outputs = outputs.resolveSibling(name + "." + changed.replaceAll("[-:]", "")); // another file of this name was done before
        }
        exchange.getMessage().removeHeaders("*");
        OutputFolder folder;
        try {
            folder = new OutputFolder(outputs, false);
        } catch (IOException e) {
            fail(file, outputs, "its results cannot be written to " + outputs + ": " + e.getMessage());
            exchange.setRouteStop(true);
            return;
        }
        String id = "inbox " + outputs.toRealPath() + " " + changed;
        JobSinks sinks = new JobSinks(folder);
        try {
            Files.writeString(outputs.resolve(".job"), id); // by which the commands for a batch job know it
            sinks.restore(ledger, id);
        } catch (LedgerUnavailable | IOException | UncheckedIOException e) {
            LOG.warn("{} of the inbox has to wait: {}", name, e.getMessage());
            folder.close();
            exchange.setRouteStop(true); // it is looked at again in a second
            return;
        }
        Job job = new Job(id, sinks);
        InputFiles lines = new InputFiles(Map.of(name, file), prompts, false);
        Arrivals arrivals = new Arrivals(lines, lines, intake, tally);
        exchange.setVariable(Job.VARIABLE, job);
        exchange.setVariable(Taken.VARIABLE, new Taken(file, outputs, folder, arrivals, job));
        exchange.getMessage().setBody(arrivals);
    }

    /** Holds the file's exchange, and no thread, until its last prompt is finished. */
    private final class Await extends AsyncProcessorSupport {

        @Override
        public boolean process(Exchange exchange, AsyncCallback callback) {
            Taken taken = exchange.getVariable(Taken.VARIABLE, Taken.class);
            if (intake.closed()) {
                taken.job().leave();
            }
            ReactiveExecutor executor = exchange.getContext().getCamelContextExtension().getReactiveExecutor();
            taken.job().whenOver(() -> executor.schedule(() -> callback.done(false)));
            return false;
        }
    }

    private void putAway(Exchange exchange) throws IOException {
        Taken taken = exchange.getVariable(Taken.VARIABLE, Taken.class);
        taken.arrivals().close();
        taken.folder().close();
        String name = taken.file().getFileName().toString();
        if (taken.job().left()) {
            LOG.info("{} is left in the inbox, and goes on at the next start", name);
        } else if (!taken.arrivals().unreadable().isEmpty()) {
            fail(taken.file(), taken.outputs(), taken.arrivals().unreadable().get(0));
        } else {
            Files.move(taken.file(), taken.outputs().resolve(name), StandardCopyOption.ATOMIC_MOVE);
            LOG.info("{} is done: {}", name, taken.outputs());
        }
    }

    /** To {@code failed/<name>}, with what there is of results, and the reason in words. */
    private void fail(Path file, Path outputs, String why) throws IOException {
        LOG.warn("{} of the inbox failed: {}", file.getFileName(), why);
        Path failed = directory.resolve("failed").resolve(outputs.getFileName());
        for (int n = 1; Files.exists(failed); n++) {
            failed = failed.resolveSibling(outputs.getFileName() + "." + n);
        }
        Files.createDirectories(failed.getParent());
        if (Files.isDirectory(outputs)) {
            Files.move(outputs, failed);
        } else {
            Files.createDirectory(failed);
        }
        Files.writeString(failed.resolve("reason.txt"), why + System.lineSeparator());
        Files.move(file, failed.resolve(file.getFileName()));
    }
}
