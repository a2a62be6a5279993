package io.promptroutes.ledger;

import java.math.BigDecimal;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.apache.commons.lang3.function.FailableBiFunction;

/** Something that the writer is asked to do. Its answer is set by the writer and told when the group is durable. */
sealed interface Operation<T> {

    /** What is told to whoever asked. */
    final class Reply<T> {
        final CompletableFuture<T> future = new CompletableFuture<>();
        T answer;
        /** Why this one alone fails, or null. */
        RuntimeException refusal;

        /** Tells the answer. Returns false where nobody waits for it. */
        boolean tell() {
            return refusal != null ? future.completeExceptionally(refusal) : future.complete(answer);
        }
    }

    Reply<T> reply();

    /** What it is made of, each to be decided in its turn: itself, where it is one thing. */
    default Stream<Operation<?>> parts() {
        return Stream.of(this);
    }

    /** What undoes it when nobody waits for the answer any more, or when nobody knows whether it was done; null for nothing. */
    default Operation<?> undo() {
        return null;
    }

    record Begin(Work work, Reply<KnownWork> reply) implements Operation<KnownWork> {

        @Override
        public Operation<?> undo() {
            return reply.answer != null && reply.answer.ours() ? new Release(work.id(), new Reply<>()) : null;
        }
    }

    record Release(WorkId work, Reply<Void> reply) implements Operation<Void> {
    }

    /** @param batch that it is made in, and which has it then, whatever becomes of this process; null for a call of its own */
    record Claim(UUID id, ClaimRequest request, UUID batch, Reply<ClaimAnswer> reply) implements Operation<ClaimAnswer> {

        /** The call was never made. */
        @Override
        public Operation<?> undo() {
            return reply.answer instanceof ClaimAnswer.Reserved
                    ? new Correct(id, ClaimRow.VOID, BigDecimal.ZERO, null, null, new Reply<>()) : null;
        }
    }

    record Generation(UUID claim, String generationId, Reply<Void> reply) implements Operation<Void> {
    }

    /**
     * A call's settlement, a work's end, or both; the other is null.
     *
     * @param answerId for the row of the answer; null where the prompt does not end
     */
    record End(UUID claim, Settlement settlement, Work work, Finish finish, UUID answerId, Reply<Settled> reply) implements Operation<Settled> {
    }

    /** A claim's later fate. */
    record Correct(UUID claim, String state, BigDecimal cost, String source, KeptEvent event, Reply<Settled> reply) implements Operation<Settled> {
    }

    record Reuse(Work work, String model, BigDecimal saved, Reply<Void> reply) implements Operation<Void> {
    }

    /** All of them in one transaction. Their replies hold what they came to when this one's is told. @param undo of all, or null */
    record Together(List<Operation<?>> all, Operation<?> undo, Reply<Void> reply) implements Operation<Void> {

        @Override
        public Stream<Operation<?>> parts() {
            return all.stream();
        }
    }

    /** Something rare. */
    record Other<T>(FailableBiFunction<SqlSession, Instant, T, SQLException> task, Reply<T> reply) implements Operation<T> {

        void run(SqlSession tx, Instant now) throws SQLException {
            reply.answer = task.apply(tx, now);
        }
    }
}
