package io.promptroutes.ledger;

import io.promptroutes.model.CostSource;
import io.promptroutes.model.Usd;
import java.math.BigDecimal;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.apache.commons.io.IOUtils;
import org.apache.hc.core5.concurrent.DefaultThreadFactory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * The durable truth of what was claimed, called, paid and answered, and the budgets over it. Thread-safe: operations queue up for one
 * writer thread, which commits all that wait at once. When a future is done, what it stands for has reached the disk. It fails with
 * {@link LedgerUnavailable} (the database does not work; nothing was done) or {@link LedgerRejected} (this operation alone).
 *
 * <p>The way of a prompt: {@link #begin}; then for each call {@link #claim}, the call, {@link #settle}; at the end
 * {@link #settleAndFinish} or {@link #finish}. A prompt that is put back unfinished needs {@link #release}.
 */
public final class Ledger implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Ledger.class);

    private final Database database;
    private final Instances instances;
    private final Writer writer;
    private final Thread thread;
    private final Figures figures;
    private final Deliveries deliveries;
    private final ClaimIds ids = new ClaimIds();
    private final ScheduledExecutorService housekeeping = Executors.newSingleThreadScheduledExecutor(new DefaultThreadFactory("ledger-housekeeping", true));

    private Ledger(Database database, Instances instances, Writer writer) {
        this.database = database;
        this.instances = instances;
        this.writer = writer;
        this.figures = new Figures(database);
        this.deliveries = new Deliveries(writer);
        this.thread = new Thread(writer, "ledger-writer");
    }

    /**
     * Creates the database or brings it up to date. Fails with {@link LedgerUnavailable}. Futures are completed on
     * the writer's own thread: what depends on one must not block.
     */
    public static Ledger open(LedgerSettings settings) {
        return on(Database.open(settings), settings);
    }

    /** The same on a database that is open, and that it closes. */
    static Ledger on(Database database, LedgerSettings settings) {
        String run = ProcessHandle.current().pid() + "-" + UUID.randomUUID().toString().substring(24);
        Instances instances = instances(settings, run, database);
        Ledger ledger = new Ledger(database, instances, new Writer(database, instances, settings));
        ledger.thread.setDaemon(true);
        ledger.thread.start();
        try {
            Durable.result(ledger.writer.submit(ledger.writer::track)); // with it went the calls of dead processes
            ledger.housekeeping.scheduleWithFixedDelay(ledger.deliveries::flush, Deliveries.EVERY_MILLIS, Deliveries.EVERY_MILLIS, TimeUnit.MILLISECONDS);
        } catch (RuntimeException e) {
            ledger.close();
            throw e;
        }
        return ledger;
    }

    /** On PostgreSQL a process can have a name, by which its earlier run is known to be dead; on SQLite that is known of every process. */
    private static Instances instances(LedgerSettings settings, String run, Database database) {
        if (settings.directory() == null) {
            return new Instances(settings.instance() == null ? run : settings.instance() + "-" + run, settings.instance() == null ? run : settings.instance(), null, settings);
        }
        try {
            return new Instances(run, run, InstanceLocks.take(settings.directory(), run), settings);
        } catch (IOException e) {
            database.close();
            throw new LedgerUnavailable("cannot open the " + settings + ": " + e);
        }
    }

    /** As other processes see this run. */
    public String instance() {
        return instances.id();
    }

    /** The limits from now on; running calls keep what they reserved. A tenant's row beats a limit for its scope and period here. */
    public void limits(List<Limit> limits) {
        writer.limits(new Limits(limits));
        Durable.result(writer.submit(writer::track));
    }

    /** Whether any limit holds, of the settings or of a tenant's row, as far as this process has met one. */
    public boolean limited() {
        return writer.limited();
    }

    /** Sets or, with null, removes a tenant's limit; it holds at once in all processes. @param model a model, or {@link Limit#ANY} */
    public CompletableFuture<Void> tenantLimit(String tenant, String model, Period period, BigDecimal usd) {
        BigDecimal limit = usd == null ? null : Usd.checked(usd);
        return writer.submit((tx, now) -> {
            Limits.store(tx, tenant, model, period, limit);
            return writer.track(tx, now);
        });
    }

    /** What is known of a work. After New and Ambiguous it is this run's, and another begin says Busy until it is finished or released. */
    public CompletableFuture<KnownWork> begin(Work work) {
        return writer.submit(new Operation.Begin(work, new Operation.Reply<>()));
    }

    /** Gives back a work that was begun and will not be finished now, with none of its calls running. */
    public CompletableFuture<Void> release(WorkId work) {
        return writer.submit(new Operation.Release(work, new Operation.Reply<>()));
    }

    /** Before a call. A future that is cancelled in time leaves nothing reserved. */
    public CompletableFuture<ClaimAnswer> claim(ClaimRequest request) {
        return writer.submit(new Operation.Claim(ids.next(), request, null, new Operation.Reply<>()));
    }

    /** The id by which the call can be looked up, as soon as it is known; need not be waited for. */
    public CompletableFuture<Void> generation(UUID claimId, String generationId) {
        return writer.submit(new Operation.Generation(claimId, generationId, new Operation.Reply<>()));
    }

    /** After a call that does not end the prompt. Sent again, it is booked once. */
    public CompletableFuture<Settled> settle(UUID claimId, Settlement settlement) {
        return writer.submit(new Operation.End(claimId, settlement, null, null, null, new Operation.Reply<>()));
    }

    /** The call's settlement and the prompt's end in one. */
    public CompletableFuture<Settled> settleAndFinish(UUID claimId, Settlement settlement, Work work, Finish finish) {
        return writer.submit(new Operation.End(claimId, settlement, work, finish, ids.next(), new Operation.Reply<>()));
    }

    /** The prompt's end; to be waited for before it is acknowledged. */
    public CompletableFuture<Settled> finish(Work work, Finish finish) {
        return writer.submit(new Operation.End(null, null, work, finish, ids.next(), new Operation.Reply<>()));
    }

    /** The cost of a call that was unknown, looked up; 0 where it was not billed. @param event to keep, or null */
    public CompletableFuture<Settled> resolve(UUID claimId, BigDecimal costUsd, CostSource source, KeptEvent event) {
        String name = source == null ? null : source.toString();
        return writer.submit(new Operation.Correct(claimId, ClaimRow.RESOLVED, Usd.checked(costUsd), name, event, new Operation.Reply<>()));
    }

    /** A call whose process died is made again: it may have been paid twice. Its cost or, unknown, reserved amount goes on counting as spent. */
    public CompletableFuture<Settled> markAmbiguousRetried(UUID claimId) {
        return writer.submit(new Operation.Correct(claimId, ClaimRow.RETRIED, null, null, null, new Operation.Reply<>()));
    }

    /** A stored answer was published instead of called. @param model the one that had answered, or null */
    public CompletableFuture<Void> reused(Work work, String model, BigDecimal savedUsd) {
        return writer.submit(new Operation.Reuse(work, model, Usd.checked(savedUsd), new Operation.Reply<>()));
    }

    /** Forgets a job's answers and dead letters, not what they cost. Tells how many. */
    public CompletableFuture<Integer> forget(String job) {
        return writer.submit((tx, now) -> Works.forget(tx, job));
    }

    /** Forgets what is old from now on, at once and every hour, beside everything else; what has not arrived is kept for twice as long. @param cached how long answers may be given to other prompts */
    public void keep(Duration works, Duration cached) {
        housekeeping.scheduleWithFixedDelay(() -> {
            try {
                retention().purge(works, cached);
            } catch (LedgerUnavailable | LedgerRejected e) {
                LOG.atLevel(housekeeping.isShutdown() ? Level.DEBUG : Level.WARN).log("the ledger was not purged, and will be in an hour: {}", e.getMessage());
            }
        }, 0, 1, TimeUnit.HOURS);
    }

    Retention retention() {
        return new Retention(writer, instances);
    }

    public History history() {
        return new History(database, writer::limits);
    }

    public Figures figures() {
        return figures;
    }

    public Deliveries deliveries() {
        return deliveries;
    }

    public Batches batches() {
        return new Batches(database, writer, instances, ids);
    }

    public Providers providers() {
        return new Providers(database, writer);
    }

    /** For reading by SQL. */
    public DataSource dataSource() {
        return database.pool();
    }

    /** Does what was submitted before, then lets go of the database. Open calls become ambiguous. */
    @Override
    public void close() {
        housekeeping.shutdown(); // its next step finds the ledger closed
        deliveries.flush();
        writer.close();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        database.close();
        IOUtils.closeQuietly(instances.locks()); // last: until then others must not take its calls for lost
    }
}
