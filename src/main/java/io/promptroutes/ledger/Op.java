package io.promptroutes.ledger;

import java.math.BigDecimal;
import java.sql.SQLException;
import java.time.Instant;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;

/** Something that the writer is asked to do. Its answer is set by the writer and told when the group is durable. */
abstract sealed class Op<T> {

    final CompletableFuture<T> future = new CompletableFuture<>();
    T answer;
    /** Why this one alone fails, or null. */
    RuntimeException refusal;

    /** What undoes it when nobody waits for the answer any more, or when nobody knows whether it was done; null for nothing. */
    Op<?> undo() {
        return null;
    }

    /** Tells the answer. Returns false where nobody waits for it. */
    boolean tell() {
        return refusal != null ? future.completeExceptionally(refusal) : future.complete(answer);
    }

    static final class Begin extends Op<Known> {
        final Work work;

        Begin(Work work) {
            this.work = work;
        }

        @Override
        Op<?> undo() {
            return answer instanceof Known.New || answer instanceof Known.Ambiguous ? new Release(work.id()) : null;
        }
    }

    static final class Release extends Op<Void> {
        final WorkId work;

        Release(WorkId work) {
            this.work = work;
        }
    }

    static final class Claim extends Op<ClaimAnswer> {
        final UUID id;
        final ClaimRequest request;

        Claim(UUID id, ClaimRequest request) {
            this.id = id;
            this.request = request;
        }

        @Override
        Op<?> undo() {
            return answer instanceof ClaimAnswer.Reserved ? Correct.neverMade(id) : null;
        }
    }

    static final class Generation extends Op<Void> {
        final UUID claim;
        final String generationId;

        Generation(UUID claim, String generationId) {
            this.claim = claim;
            this.generationId = generationId;
        }
    }

    /** A call's settlement, a work's end, or both; the other is null. */
    static final class End extends Op<Settled> {
        final UUID claim;
        final Settlement settlement;
        final Work work;
        final Finish finish;
        final UUID answerId;

        /** @param answerId for the row of the answer; null where the prompt does not end */
        End(UUID claim, Settlement settlement, Work work, Finish finish, UUID answerId) {
            this.answerId = answerId;
            this.claim = claim;
            this.settlement = settlement;
            this.work = work;
            this.finish = finish;
        }
    }

    /** A claim's later fate. */
    static final class Correct extends Op<Settled> {
        final UUID claim;
        final String state;
        final BigDecimal cost;
        final String source;
        final byte[] event;

        Correct(UUID claim, String state, BigDecimal cost, String source, byte[] event) {
            this.claim = claim;
            this.state = state;
            this.cost = cost;
            this.source = source;
            this.event = event;
        }

        static Correct neverMade(UUID claim) {
            return new Correct(claim, ClaimRow.VOID, BigDecimal.ZERO, null, null);
        }
    }

    static final class Reuse extends Op<Void> {
        final Work work;
        final String model;
        final BigDecimal saved;

        Reuse(Work work, String model, BigDecimal saved) {
            this.work = work;
            this.model = model;
            this.saved = saved;
        }
    }

    /** Something rare. */
    static final class Other<T> extends Op<T> {

        interface Task<T> {
            T run(Tx tx, Instant now) throws SQLException;
        }

        final Task<T> task;

        Other(Task<T> task) {
            this.task = task;
        }

        void run(Tx tx, Instant now) throws SQLException {
            answer = task.run(tx, now);
        }
    }
}
