package io.promptroutes.ledger;

import java.math.BigDecimal;
import java.sql.SQLException;
import java.sql.SQLTransactionRollbackException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** Answers what is known of works. Confined to the writer. */
record WorkLookup(SqlSession tx, Instances instances, Instant now) {

    /** @param begun whether this run is at a work already; absent, is told of those that it is at now, and that the table does not know */
    void answer(List<Operation.Begin> ops, Predicate<String> begun, Consumer<String> absent) throws SQLException {
        if (ops.isEmpty()) {
            return;
        }
        Set<String> ids = ops.stream().map(op -> op.work().id().hex()).collect(Collectors.toSet());
        Map<String, Works.Stored> works = Works.read(tx, ids);
        List<String> open = works.values().stream().filter(work -> work.state().equals(WorkRow.OPEN)).map(Works.Stored::id).toList();
        Map<String, List<Claims.Called>> calls = Claims.ofWorks(tx, open).stream().collect(Collectors.groupingBy(Claims.Called::workId));
        Set<String> involved = new HashSet<>();
        open.forEach(id -> involved.add(works.get(id).owner()));
        calls.values().forEach(made -> made.forEach(call -> involved.add(call.instance())));
        involved.remove(null);
        Set<String> alive = instances.alive(tx, involved, now);
        Set<String> justBegun = new HashSet<>();
        for (Operation.Begin op : ops) {
            String id = op.work().id().hex();
            Works.Stored work = works.get(id);
            if (work != null && !work.state().equals(WorkRow.OPEN)) {
                op.reply().answer = new KnownWork.Ended(work.state().endsWith(WorkRow.ANSWERED), work.job(), work.json(), work.model(), work.cost(), work.finishedAt());
            } else if (begun.test(id) || justBegun.contains(id)) {
                op.reply().answer = new KnownWork.Busy(instances.id());
            } else if (work != null && work.owner() != null && alive.contains(work.owner())) {
                op.reply().answer = new KnownWork.Busy(work.owner());
            } else {
                KnownWork known = unfinished(work == null ? null : work.json(), calls.getOrDefault(id, List.of()), alive);
                if (known instanceof KnownWork.Batched) {
                    take(work); // no claim follows, which would do it
                }
                op.reply().answer = known;
                justBegun.add(id);
                if (work == null) {
                    absent.accept(id);
                }
            }
        }
    }

    private void take(Works.Stored work) throws SQLException {
        if (tx.update("UPDATE works SET owner_id = ? WHERE work_id = ? AND state = 'open' AND COALESCE(owner_id, '') = ?", instances.id(), work.id(),
                work.owner() == null ? "" : work.owner()) == 0) {
            throw new SQLTransactionRollbackException("another process took a work", "40001"); // decide again
        }
    }

    private KnownWork unfinished(byte[] answer, List<Claims.Called> calls, Set<String> alive) {
        BigDecimal cost = calls.stream().map(Claims.Called::cost).filter(usd -> usd != null).reduce(BigDecimal.ZERO, BigDecimal::add);
        List<OpenClaim> ambiguous = new ArrayList<>();
        List<OpenClaim> lost = new ArrayList<>();
        for (Claims.Called call : calls) {
            if (call.batch() != null) {
                return new KnownWork.Batched(call.claim(), call.batch(), calls.size() - 1, cost);
            }
            if (call.state().equals(ClaimRow.RESOLVED) && call.cost() != null && call.cost().signum() > 0) {
                lost.add(call.claim());
            }
            boolean dead = call.state().equals(ClaimRow.OPEN) && !alive.contains(call.instance());
            if (dead || call.state().equals(ClaimRow.AMBIGUOUS)) {
                ambiguous.add(call.claim());
            }
        }
        return ambiguous.isEmpty() ? new KnownWork.New(calls.size(), cost, answer, List.copyOf(lost)) : new KnownWork.Ambiguous(List.copyOf(ambiguous), calls.size(), cost);
    }
}
