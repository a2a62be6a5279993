package io.promptroutes.ledger;

import java.math.BigDecimal;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;

/**
 * Batches at the provider, step by step: each step is on disk before the next begins. A line's claim belongs to its batch and not to a process:
 * it ends when its line is settled, whichever process does that. Thread-safe.
 */
public final class Batches {

    private final Database database;
    private final Writer writer;
    private final Instances instances;
    private final ClaimIds ids;

    Batches(Database database, Writer writer, Instances instances, ClaimIds ids) {
        this.database = database;
        this.writer = writer;
        this.instances = instances;
        this.ids = ids;
    }

    /**
     * Claims all lines and notes that the batch is about to be sent, in one transaction. Tells each line's answer, in their order; those that are not
     * reserved are not part of it. Where none is, there is no batch.
     */
    public CompletableFuture<List<ClaimAnswer>> intend(BatchIntent intent) {
        List<Operation.Claim> claims = intent.lines().stream().map(line -> new Operation.Claim(ids.next(), line, intent.id(), new Operation.Reply<>())).toList();
        List<Operation<?>> all = new ArrayList<>(claims);
        all.add(new Operation.Other<Void>((tx, now) -> insert(tx, now, intent, claims), new Operation.Reply<>()));
        Operation<?> undo = voided(claims.stream().map(Operation.Claim::id).toList(), intent.id(), "it was not sent");
        return writer.submit(new Operation.Together(all, undo, new Operation.Reply<>())).thenApply(done -> claims.stream().map(claim -> claim.reply().answer).toList());
    }

    private Void insert(SqlSession tx, Instant now, BatchIntent intent, List<Operation.Claim> claims) throws SQLException {
        List<Object[]> lines = new ArrayList<>();
        for (int n = 0; n < claims.size(); n++) {
            if (claims.get(n).reply().answer instanceof ClaimAnswer.Reserved reserved) {
                lines.add(new Object[] {intent.id(), n, reserved.claimId(), BatchLine.State.OPEN});
            }
        }
        if (!lines.isEmpty()) {
            tx.update("INSERT INTO batches (batch_id, provider, key_hash, instance_id, endpoint, model, only_of, complete_within, line_count, byte_count, state, created_at, next_look,"
                    + " looks, done) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, 0)", intent.id(), intent.provider(), intent.keyHash(), instances.id(), intent.endpoint(),
                    intent.model(), intent.only(), intent.within(), lines.size(), intent.bytes(), BatchState.INTENT, now, now);
            tx.batch("INSERT INTO batch_lines (batch_id, n, claim_id, state, shared) VALUES (?, ?, ?, ?, FALSE)", lines);
        }
        return null;
    }

    /** The provider has it under that name. @param next when to look at it first */
    public CompletableFuture<Boolean> submitted(UUID batch, String remoteId, Duration next) {
        return change(batch, "remote_id = ?, looks = 0, next_look = ?, state = 'submitted'", " AND state IN ('intent', 'lost')", remoteId, next);
    }

    /** Nobody knows whether the provider has it. @param looks how often it was looked for in vain */
    public CompletableFuture<Boolean> lost(UUID batch, int looks, Duration next) {
        return change(batch, "looks = ?, next_look = ?, state = 'lost'", " AND state IN ('intent', 'lost')", looks, next);
    }

    /** It is not through yet. @param looks how often it was asked about in vain */
    public CompletableFuture<Boolean> later(UUID batch, String remoteState, int done, int looks, Duration next) {
        return change(batch, "remote_state = COALESCE(?, remote_state), done = ?, looks = ?, next_look = ?", " AND ended_at IS NULL", remoteState, done, looks, next);
    }

    /** What the provider says of its end. @param expiresAt when it is to be through; finalizedAt, when it was; null: that is not said */
    public CompletableFuture<Boolean> ends(UUID batch, Instant expiresAt, Instant finalizedAt) {
        return change(batch, "expires_at = COALESCE(?, expires_at), finalized_at = COALESCE(?, finalized_at)", "", expiresAt, finalizedAt);
    }

    /** It came to nothing because of that line, which was not billed; to be said before {@link #end} and {@link #refused}. */
    public CompletableFuture<Boolean> blamed(UUID batch, int n) {
        return writer.submit((tx, now) -> tx.update("UPDATE batch_lines SET state = 'failed' WHERE batch_id = ? AND n = ? AND state = 'open'", batch, n) == 1
                && tx.update("UPDATE batches SET blamed = ? WHERE batch_id = ?", n, batch) == 1);
    }

    private CompletableFuture<Boolean> change(UUID batch, String set, String where, Object... values) {
        return writer.submit((tx, now) -> {
            List<Object> all = new ArrayList<>();
            for (Object value : values) {
                all.add(value instanceof Duration wait ? now.plus(wait) : value);
            }
            all.add(batch);
            return tx.update("UPDATE batches SET " + set + " WHERE batch_id = ?" + where, all.toArray()) == 1;
        });
    }

    /** The provider did not take it: what was claimed for it was never called. */
    public CompletableFuture<Void> refused(UUID batch, Collection<UUID> claims, String reason) {
        return writer.submit(voided(claims, batch, reason));
    }

    private static Operation<?> voided(UUID claim) {
        return new Operation.Correct(claim, ClaimRow.VOID, BigDecimal.ZERO, null, null, new Operation.Reply<>());
    }

    private static Operation.Together voided(Collection<UUID> claims, UUID batch, String reason) {
        List<Operation<?>> all = new ArrayList<>();
        claims.forEach(claim -> all.add(voided(claim)));
        all.add(new Operation.Other<Void>((tx, now) -> {
            tx.update("UPDATE batches SET state = 'refused', reason = ?, ended_at = ? WHERE batch_id = ? AND ended_at IS NULL", reason, now, batch);
            tx.update("UPDATE batch_lines SET state = 'again' WHERE batch_id = ? AND state = 'open'", batch);
            return null;
        }, new Operation.Reply<>()));
        return new Operation.Together(all, null, new Operation.Reply<>());
    }

    /** By the clock that says when they began. */
    public CompletableFuture<Instant> now() {
        return writer.submit((tx, now) -> now);
    }

    /** Who looks after which of them. */
    public BatchPoller poller() {
        return new BatchPoller(database, writer, instances);
    }

    /** Keeps lines that came back; one that was there before stays as it was. Tells how many are new. */
    public CompletableFuture<Integer> collect(UUID batch, List<BatchLine> lines) {
        return writer.submit((tx, now) -> tx.batch("UPDATE batch_lines SET state = ?, raw = ?, weight = ?, cost_usd = ? WHERE batch_id = ? AND n = ? AND state = 'open'",
                lines.stream().map(line -> new Object[] {line.state(), line.raw(), line.weight(), line.costUsd(), batch, line.n()}).toList()));
    }

    /**
     * The batch is over, and nothing more comes of it. What it has cost is shared among the lines that have no cost of their own.
     *
     * @param rest  what became of lines that have not come back
     * @param state ended or given up
     */
    public CompletableFuture<Boolean> end(UUID batch, BatchState state, String remoteState, BigDecimal costUsd, BatchLine.State rest, String reason) {
        List<Operation<?>> all = new ArrayList<>();
        if (rest == BatchLine.State.AGAIN) {
            lines(batch, -1, Integer.MAX_VALUE).stream().filter(line -> line.state() == BatchLine.State.OPEN).forEach(line -> all.add(voided(line.claim())));
        }
        Operation.Other<Boolean> end = new Operation.Other<>((tx, now) -> tx.update("UPDATE batches SET state = ?, remote_state = COALESCE(?, remote_state), cost_usd = ?,"
                + " reason = ?, ended_at = ? WHERE batch_id = ? AND ended_at IS NULL", state, remoteState, costUsd, reason, now, batch) == 1
                && new BatchBill(tx, batch).end(costUsd, rest), new Operation.Reply<>());
        all.add(end);
        return writer.submit(new Operation.Together(all, null, new Operation.Reply<>())).thenApply(done -> end.reply().answer);
    }

    /** Of these, those whose lines can be taken; one that is not known is left out. Blocks. */
    public Map<UUID, BatchRow> of(Collection<UUID> batches) {
        return database.read(tx -> tx.byKey(BatchRow.ALL + "WHERE batch_id = ANY(?)", BatchRow::of, BatchRow::id, batches));
    }

    /** Lines of a batch behind the {@code after}th, some at a time. Blocks. */
    public List<BatchLine> lines(UUID batch, int after, int most) {
        return database.read(tx -> tx.list("SELECT * FROM batch_lines WHERE batch_id = ? AND n > ? ORDER BY n LIMIT ?", BatchLine::of, batch, after, most));
    }

    /** The lines of these claims; one that has none is left out. Blocks. */
    public Map<UUID, BatchLine> lines(Collection<UUID> claims) {
        return database.read(tx -> tx.byKey("SELECT * FROM batch_lines WHERE claim_id = ANY(?)", BatchLine::of, BatchLine::claim, claims));
    }

    /** Of each of these claims: in how many batches its work has been that came to nothing because of one line, or that were looked for in vain. 0 is left out. Blocks. */
    public Map<UUID, Integer> rounds(Collection<UUID> claims) {
        Map<UUID, Integer> rounds = new HashMap<>();
        database.read(tx -> tx.list("SELECT mine.claim_id, COUNT(*) AS rounds FROM claims mine JOIN claims one ON one.work_id = mine.work_id JOIN batch_lines line ON line.claim_id = one.claim_id"
                + " JOIN batches batch ON batch.batch_id = line.batch_id WHERE mine.claim_id = ANY(?) AND (batch.blamed IS NOT NULL OR batch.state = 'given_up') GROUP BY mine.claim_id",
                row -> rounds.put(SqlSession.id(row, "claim_id"), row.getInt("rounds")), claims));
        return rounds;
    }

    /** How long the last batches of a model took that were answered as a whole, as far as the provider has said it; at most 20. Blocks. */
    public List<Duration> took(String provider, String model) {
        return database.read(tx -> tx.list("SELECT created_at, finalized_at FROM batches WHERE provider = ? AND model = ? AND remote_state = 'completed' AND finalized_at IS NOT NULL"
                + " ORDER BY created_at DESC LIMIT 20", row -> Duration.between(SqlSession.instant(row, "created_at"), SqlSession.instant(row, "finalized_at")), provider, model));
    }

    /** Of these names of the provider's, those that a batch of ours has. Blocks. */
    public Set<String> ours(Collection<String> remoteIds) {
        return database.read(tx -> tx.byKey("SELECT remote_id FROM batches WHERE remote_id = ANY(?)", row -> row.getString(1), id -> id, remoteIds)).keySet();
    }

    /** Those that began behind {@code since}, the latest first. Blocks. */
    public List<BatchRow> since(Instant since) {
        return database.read(tx -> tx.list(BatchRow.ALL + "WHERE created_at >= ? ORDER BY created_at DESC", BatchRow::of, since));
    }
}
