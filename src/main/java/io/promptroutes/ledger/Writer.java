package io.promptroutes.ledger;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
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

    private final Database database;
    private final Instances instances;
    private final LedgerSettings settings;
    private final BlockingQueue<Operation<?>> queue = new LinkedBlockingQueue<>();
    private final WriterMemory memory = new WriterMemory();
    /** For claims whose commit failed or not, nobody knows: their calls were never made. */
    private final List<Operation<?>> undo = new ArrayList<>();
    private final long beatNanos;
    private long lastBeat;
    private volatile Limits limits = new Limits(List.of());
    private volatile boolean closing;

    Writer(Database database, Instances instances, LedgerSettings settings) {
        this.database = database;
        this.instances = instances;
        this.settings = settings;
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
        return !limits.limits().isEmpty() || memory.tenantLimits;
    }

    Void firstLook(SqlSession tx, Instant now) throws SQLException {
        memory.tenantLimits = !Limits.stored(tx).isEmpty();
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
        queue.add(new Operation.Other<Void>((tx, now) -> null, new Operation.Reply<>())); // wakes it
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
        }
    }

    private void commit(List<Operation<?>> ops) {
        for (int tries = 1;; tries++) {
            Connection connection = null;
            boolean committing = false;
            try {
                connection = database.connect();
                SqlSession tx = new SqlSession(connection);
                GroupCommit group = new GroupCommit(tx, instances, memory, settings, ops);
                long began = System.nanoTime();
                boolean due = began - lastBeat >= beatNanos;
                group.run(limits, due ? beat(tx, group) : Map.of());
                committing = true;
                connection.commit();
                if (tx.wrote()) {
                    database.sync(connection);
                }
                group.committed();
                lastBeat = due ? began : lastBeat;
                connection.close();
                undo.removeAll(ops);
                ops.forEach(this::tell);
                return;
            } catch (SQLException e) {
                giveBack(connection, !Reason.passing(e) && !Reason.ofTheData(e));
                if (Reason.passing(e) && tries < TRIES) {
                    continue;
                }
                failed(ops, e, committing);
                return;
            } catch (RuntimeException | Error e) {
                giveBack(connection, true);
                broke(ops, e);
                return;
            }
        }
    }

    /** Says that this process lives. Returns those that do not, and whose calls nobody has looked at. */
    private Map<String, Instant> beat(SqlSession tx, GroupCommit group) throws SQLException {
        if (!instances.heartbeat(tx, group.now())) {
            throw new LedgerUnavailable("another process has started under this one's instance name; this one must not go on");
        }
        return instances.unreaped(tx, group.now());
    }

    private void failed(List<Operation<?>> ops, SQLException e, boolean committing) {
        if (Reason.ofTheData(e) && !committing) {
            if (ops.size() > 1) {
                ops.forEach(op -> commit(List.of(op)));
            } else {
                undo.removeAll(ops);
                fail(ops, new LedgerRejected("the database does not take it: " + Reason.of(e)));
            }
            return;
        }
        if (committing) {
            ops.stream().map(Operation::undo).filter(op -> op != null).forEach(undo::add);
        }
        // what waits would only wait as long once more
        List<Operation<?>> all = new ArrayList<>(ops);
        queue.drainTo(all);
        // nobody asks for these again: a work that is not given back would look busy for ever
        all.stream().filter(op -> op instanceof Operation.Release && !undo.contains(op)).forEach(undo::add);
        beatLater();
        fail(all, new LedgerUnavailable("the ledger's database does not work: " + Reason.of(e)));
    }

    private void broke(List<Operation<?>> ops, Throwable e) {
        if (ops.size() > 1 && !(e instanceof LedgerUnavailable)) {
            ops.forEach(op -> commit(List.of(op)));
            return;
        }
        undo.removeAll(ops);
        beatLater();
        fail(ops, e instanceof LedgerUnavailable known ? known : new LedgerRejected("the ledger failed: " + e.getClass().getName()));
    }

    /** Not at once when it fails, but well within the lease. */
    private void beatLater() {
        lastBeat = System.nanoTime() - beatNanos + Math.min(beatNanos, TimeUnit.SECONDS.toNanos(1));
    }

    private void giveBack(Connection connection, boolean broken) {
        if (connection == null) {
            return;
        }
        try {
            connection.rollback();
            connection.close();
        } catch (SQLException e) {
            broken = true;
        }
        if (broken) {
            database.discard(connection);
        }
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
