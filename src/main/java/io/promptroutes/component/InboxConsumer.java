package io.promptroutes.component;

import io.promptroutes.app.Engines;
import io.promptroutes.file.InboxFolder;
import io.promptroutes.file.InboxFolder.Claim;
import io.promptroutes.file.InputFiles;
import io.promptroutes.file.JobNotes;
import io.promptroutes.file.OutputFolder;
import io.promptroutes.ledger.LedgerUnavailable;
import io.promptroutes.pipeline.JobSinks;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.ShutdownRunningTask;
import org.apache.camel.spi.ShutdownAware;
import org.apache.camel.support.DefaultConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends each line of each file that is complete into the route, many at once, and puts what they come to into a folder for that file; the file
 * itself follows when all of it is there, and by that it is known to be done. Thread-safe.
 */
public final class InboxConsumer extends DefaultConsumer implements ShutdownAware {

    private static final Logger LOG = LoggerFactory.getLogger(InboxConsumer.class);
    private static final long LOOK_MILLIS = 1_000;

    private final InboxEndpoint options;
    private final InboxFolder directory;
    private volatile boolean leaving;
    private final LineFailures failures = new LineFailures();
    private final Set<Runnable> waiting = ConcurrentHashMap.newKeySet();
    private Engines engines;
    private Duration settled;
    private ScheduledExecutorService reader;
    private ScheduledExecutorService timer;

    InboxConsumer(InboxEndpoint endpoint, Processor route, Path folder) {
        super(endpoint, route);
        options = endpoint;
        directory = new InboxFolder(folder);
    }

    @Override
    protected void doStart() throws Exception {
        super.doStart();
        PromptComponent prompts = PromptComponent.of(getEndpoint().getCamelContext());
        engines = prompts.engines();
        if (engines.ledger() == null) {
            throw new IllegalArgumentException(getEndpoint().getEndpointUri() + ": needs the ledger, without which a file could not be continued");
        }
        settled = options.settled() != null ? options.settled() : engines.settings().duration("inbox.settled");
        prompts.add(this);
        reader = getEndpoint().getCamelContext().getExecutorServiceManager().newSingleThreadScheduledExecutor(this, "inbox");
        timer = Threads.timer(getEndpoint().getCamelContext(), this, "inbox-again");
        reader.scheduleWithFixedDelay(this::look, 100, LOOK_MILLIS, TimeUnit.MILLISECONDS);
    }

    private void look() {
        try {
            for (Claim claim : leaving ? List.<Claim>of() : directory.take(settled)) {
                read(claim);
            }
        } catch (RuntimeException | Error e) { // what leaves here ends the looking for good
            getExceptionHandler().handleException("the inbox was not looked through, and will be again", e);
        }
    }

    private void read(Claim claim) {
        InboxFile file = open(claim);
        if (file != null) {
            try {
                while (!leaving && file.lines().hasNext()) {
                    file.take();
                    new LineDelivery(this, file, file.lines().next()).run();
                }
            } catch (RuntimeException | Error e) {
                LOG.warn("{} cannot be read on, and goes on at the next start", claim.name(), e);
                file.leave();
            }
            if (leaving) {
                file.leave();
            }
            file.whenOver(() -> putAway(file));
        }
    }

    /** Null where it has to wait. Cost events that were lost in a crash are written at once. */
    private InboxFile open(Claim claim) {
        OutputFolder folder;
        try {
            folder = new OutputFolder(claim.outputs(), false);
        } catch (FileAlreadyExistsException e) {
            directory.putAway(claim, "its results cannot be written to " + claim.outputs() + ": " + e.getMessage());
            return null;
        } catch (IOException | UncheckedIOException e) {
            directory.leave(claim, e instanceof OutputFolder.InUse ? null : "has to wait: " + e);
            return null;
        }
        if (Files.notExists(claim.file())) { // another instance held the folder, and has put it away
            close(folder);
            directory.leave(claim, null);
            return null;
        }
        try {
            String id = JobNotes.name(claim.outputs(), "inbox " + claim.outputs().toRealPath() + " " + Instant.now());
            JobSinks sinks = new JobSinks(folder);
            sinks.restoreEvents(engines.ledger(), id);
            return new InboxFile(id, sinks, claim, folder, new InputFiles(Map.of(claim.name(), claim.file()), engines.prompts(), null, false));
        } catch (LedgerUnavailable | IOException | UncheckedIOException e) {
            close(folder);
            directory.leave(claim, "has to wait: " + e); // it is looked at again in a second
            return null;
        }
    }

    private static void close(OutputFolder folder) {
        try {
            folder.leave();
        } catch (IOException e) {
            LOG.debug("a folder of outputs was not closed: {}", e.toString());
        }
    }

    private void putAway(InboxFile file) {
        file.lines().close();
        boolean whole = !file.left() && file.lines().unreadable().isEmpty();
        try {
            file.folder().close(whole ? List.of(file.claim().name()) : List.of(), !file.left(), () -> end(file));
        } catch (IOException e) {
            directory.leave(file.claim(), "has to be looked through again: " + e);
        }
    }

    private void end(InboxFile file) {
        if (file.left()) {
            LOG.info("{} is left, and goes on at the next start", file.claim().file());
            directory.leave(file.claim(), null);
        } else {
            directory.putAway(file.claim(), file.lines().unreadable().stream().findFirst().orElse(null));
        }
    }

    Engines engines() {
        return engines;
    }

    /** Again after a while, or when the source stops, so that the step can see that it has. */
    void later(Runnable step, long millis) {
        waiting.add(step);
        try {
            timer.schedule(() -> go(step), millis, TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException e) {
            go(step);
        }
    }

    private void go(Runnable step) {
        if (waiting.remove(step)) {
            step.run();
        }
    }

    /** How long after a result could not be written. */
    long writeAgainMillis() {
        return engines.settings().integer("publish.retry-millis", 1, Integer.MAX_VALUE);
    }

    /** Whether nothing is to begin any more. */
    boolean leaving() {
        return leaving;
    }

    /** Lets nothing begin any more: for the start of a shutdown. */
    public void leave() {
        leaving = true;
    }

    /** @param why the route, or the disk, fails at present */
    void failing(FileLine line, String why) {
        failures.add(line, why);
    }

    void failsNoMore(FileLine line) {
        failures.remove(line);
    }

    /** What somebody has to see to; null where there is nothing. */
    public String problem() {
        String failing = failures.first();
        return failing != null ? failing : directory.problem();
    }

    /** An exchange of the route. */
    Exchange exchange() {
        return createExchange(false);
    }

    @Override
    protected void doStop() throws Exception {
        leaving = true;
        if (reader == null) {
            return; // it never began
        }
        PromptComponent.of(getEndpoint().getCamelContext()).remove(this);
        getEndpoint().getCamelContext().getExecutorServiceManager().shutdownGraceful(reader, 5_000);
        getEndpoint().getCamelContext().getExecutorServiceManager().shutdownNow(timer);
        waiting.forEach(this::go);
        super.doStop();
    }

    @Override
    public void prepareShutdown(boolean suspendOnly, boolean forced) {
        leaving = true;
    }

    @Override
    protected void doSuspend() throws Exception {
        leaving = true; // lines that have not begun need not: the file is read again
        super.doSuspend();
    }

    @Override
    protected void doResume() throws Exception {
        leaving = false;
        super.doResume();
    }

    @Override
    public boolean deferShutdown(ShutdownRunningTask task) {
        return false;
    }

    @Override
    public int getPendingExchangesSize() {
        return 0;
    }
}
