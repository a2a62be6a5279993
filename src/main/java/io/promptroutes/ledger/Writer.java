package io.promptroutes.ledger;

import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.apache.commons.lang3.function.FailableBiFunction;

/** The one thread that writes: takes all that waits, commits it at once, and tells the answers. {@link #submit} is thread-safe. */
final class Writer implements Runnable {

    /** Operations in a group: more would only make the first ones wait. */
    private static final int LARGEST_GROUP = 512;
    /** How often a group is decided anew after a deadlock or the like. */
    private static final int TRIES = 5;

    private final Instances instances;
    private final LedgerSettings settings;
    private final BlockingQueue<Operation<?>> queue = new LinkedBlockingQueue<>();
    private final SqlDialect dialect;
    private final WriterConnection connection;
    /** For claims whose commit failed or not, nobody knows: their calls were never made. */
    private final List<Operation<?>> undo = new ArrayList<>();
    private final long beatNanos;
    private long lastBeat;
    /** Null until this process is registered. */
    private WriterMemory memory;
    private volatile Limits limits = new Limits(List.of());
    /** Whether a tenant's row of limits was met. */
    private volatile boolean tenantLimits;
    private volatile boolean closing;

    Writer(Database database, Instances instances, LedgerSettings settings) {
        this.connection = new WriterConnection(database);
        this.instances = instances;
        this.settings = settings;
        this.dialect = database.dialect();
        this.beatNanos = Math.max(1, settings.lease().toNanos() / 3);
        this.lastBeat = System.nanoTime() - beatNanos; // the first one is due: it looks for the dead
    }

    void limits(Limits changed) {
        limits = changed;
    }

    Limits limits() {
        return limits;
    }

    boolean limited() {
        return !limits.limits().isEmpty() || tenantLimits;
    }

    /** From now on spending is kept for whatever has a limit. */
    Void track(SqlSession tx, Instant now) throws SQLException {
        List<Limit> rows = Limits.stored(tx);
        tenantLimits |= !rows.isEmpty();
        Tracking.check(Tracking.kept(tx), limits.under(rows));
        return null;
    }

    <T> CompletableFuture<T> submit(Operation<T> op) {
        queue.add(op);
        if (closing && queue.remove(op)) {
            fail(List.of(op), new LedgerUnavailable("the ledger is closed")); // the thread may have gone already
        }
        return op.reply().future;
    }

    <T> CompletableFuture<T> submit(FailableBiFunction<SqlSession, Instant, T, SQLException> task) {
        return submit(new Operation.Other<>(task, new Operation.Reply<>()));
    }

    /** What was submitted before is still done. */
    void close() {
        closing = true;
        queue.add(new Operation.Other<Void>((tx, now) -> instances.leave(tx, now), new Operation.Reply<>())); // wakes it
    }

    @Override
    public void run() {
        try {
            while (!closing || !queue.isEmpty()) {
                List<Operation<?>> ops = new ArrayList<>(undo);
                Operation<?> first = queue.poll(Math.max(0, lastBeat + beatNanos - System.nanoTime()), TimeUnit.NANOSECONDS);
                if (first != null) {
                    ops.add(first);
                    queue.drainTo(ops, LARGEST_GROUP - 1);
                }
                commit(ops);
            }
        } catch (InterruptedException e) {
            closing = true;
            List<Operation<?>> left = new ArrayList<>();
            queue.drainTo(left);
            fail(left, new LedgerUnavailable("the ledger is closed"));
        } finally {
            connection.close();
        }
    }

    private void commit(List<Operation<?>> ops) {
        for (int tries = 1;; tries++) {
            SqlSession tx = null;
            boolean committing = false;
            try {
                tx = connection.open();
                Instant now = connection.begin(tx, memory == null); // one process registers at a time: no two have one name or slot
                WriterMemory known = memory != null ? memory : new WriterMemory(instances.register(tx, now));
                GroupCommit group = new GroupCommit(tx, now, instances, known, settings, ops);
                long began = System.nanoTime();
                boolean due = began - lastBeat >= beatNanos;
                tenantLimits |= group.run(limits, due ? beat(tx, now) : List.of());
                committing = true;
                tx.commit();
                group.committed();
                memory = known;
                lastBeat = due ? began : lastBeat;
                connection.giveBack(tx, false);
                undo.removeAll(ops);
                ops.forEach(this::tell);
                return;
            } catch (Tracking.Missing e) {
                connection.giveBack(tx, false);
                if (!track(ops, e)) {
                    return;
                }
            } catch (SQLException e) {
                connection.giveBack(tx, !dialect.busy(e) && !dialect.ofTheData(e));
                if (dialect.busy(e) && tries < TRIES) {
                    continue;
                }
                failed(ops, e, committing);
                return;
            } catch (RuntimeException | Error e) {
                connection.giveBack(tx, true);
                broke(ops, e);
                return;
            }
        }
    }

    /** Returns false where it failed, and the operations with it. */
    private boolean track(List<Operation<?>> ops, Tracking.Missing missing) {
        SqlSession tx = null;
        try {
            tx = connection.open();
            Instant now = connection.begin(tx, true);
            Tracking.begin(tx, missing.scopes(), settings.day(now));
            tx.commit();
            connection.giveBack(tx, false);
            return true;
        } catch (SQLException e) {
            connection.giveBack(tx, true);
            failed(ops, e, false);
        } catch (RuntimeException e) {
            connection.giveBack(tx, true);
            broke(ops, e);
        }
        return false;
    }

    /** Says that this process lives. Returns those that do not, and whose calls nobody has looked at. */
    private List<String> beat(SqlSession tx, Instant now) throws SQLException {
        if (!instances.heartbeat(tx, now)) {
            throw new LedgerUnavailable("another process has started under this one's instance name; this one must not go on");
        }
        return instances.dead(tx, now);
    }

    private void failed(List<Operation<?>> ops, SQLException e, boolean committing) {
        if (dialect.ofTheData(e) && !committing) {
            if (ops.size() > 1) {
                ops.forEach(op -> commit(List.of(op)));
            } else {
                undo.removeAll(ops);
                fail(ops, new LedgerRejected("the database does not take it: " + dialect.reason(e)));
            }
            return;
        }
        if (committing) {
            ops.stream().map(Operation::undo).filter(op -> op != null).forEach(undo::add);
        }
        unavailable(ops, new LedgerUnavailable("the ledger's database does not work: " + dialect.reason(e)));
    }

    /** What waits would only wait as long once more. */
    private void unavailable(List<Operation<?>> ops, LedgerUnavailable why) {
        List<Operation<?>> all = new ArrayList<>(ops);
        queue.drainTo(all);
        // nobody asks for these again: a work that is not given back would look busy for ever
        all.stream().filter(op -> op instanceof Operation.Release && !undo.contains(op)).forEach(undo::add);
        beatLater();
        fail(all, why);
    }

    private void broke(List<Operation<?>> ops, Throwable e) {
        if (e instanceof LedgerUnavailable known) {
            unavailable(ops, known);
        } else if (ops.size() > 1) {
            ops.forEach(op -> commit(List.of(op)));
        } else {
            undo.removeAll(ops);
            beatLater();
            fail(ops, new LedgerRejected("the ledger failed: " + e.getClass().getName()));
        }
    }

    /** Not at once when it fails, but well within the lease. */
    private void beatLater() {
        lastBeat = System.nanoTime() - beatNanos + Math.min(beatNanos, TimeUnit.SECONDS.toNanos(1));
    }

    private void tell(Operation<?> op) {
        Operation<?> undoing = op.reply().tell() ? null : op.undo();
        if (undoing != null) {
            submit(undoing); // nobody waits for it any more
        }
    }

    private void fail(List<Operation<?>> ops, RuntimeException reason) {
        ops.forEach(op -> op.reply().future.completeExceptionally(reason));
    }
}
