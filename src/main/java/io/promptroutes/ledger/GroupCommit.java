package io.promptroutes.ledger;

import java.math.BigDecimal;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * One transaction: everything that waits, at once. Rows are locked in the same order by all processes (works, claims, spending; each
 * by key), so that two groups never wait for each other; then each operation is decided in memory in its turn. Confined to the writer.
 */
final class GroupCommit {

    private final SqlSession tx;
    private final Instant now;
    private final String day;
    private final Instances instances;
    private final WriterMemory memory;
    private final boolean storeText;
    private final List<Operation<?>> ops;

    private final Map<String, WorkRow> works = new HashMap<>();
    private final Map<UUID, ClaimRow> claims = new HashMap<>();
    private final Claims changes = new Claims();
    private final Map<UUID, Finish> reusable = new LinkedHashMap<>();
    private final Set<String> ended = new HashSet<>();
    private final Set<String> reopened = new HashSet<>();
    private final DailyFigures figures = new DailyFigures();
    private Set<String> alive = Set.of();
    private List<String> dead = List.of();
    private Spending spending = Spending.NONE;

    /** @param now by the database */
    GroupCommit(SqlSession tx, Instant now, Instances instances, WriterMemory memory, LedgerSettings settings, List<Operation<?>> ops) {
        this.tx = tx;
        this.now = now;
        this.day = settings.day(now);
        this.instances = instances;
        this.memory = memory;
        this.storeText = settings.storeText();
        this.ops = ops.stream().<Operation<?>>flatMap(Operation::parts).toList();
    }

    /** @param gone instances whose open calls become ambiguous. Returns whether a tenant's limit was met */
    boolean run(Limits limits, List<String> gone) throws SQLException {
        dead = gone;
        memory.rows.begin(tx);
        works.putAll(memory.rows.works(tx, Stream.concat(all(Operation.Claim.class).map(op -> op.request().work()),
                all(Operation.End.class).map(Operation.End::work).filter(Objects::nonNull)).map(work -> work.id().hex()).toList()));
        alive = instances.alive(tx, works.values().stream().map(row -> row.owner).filter(Objects::nonNull).toList(), now);
        claims.putAll(memory.rows.claims(tx, Stream.concat(all(Operation.End.class).map(Operation.End::claim).filter(Objects::nonNull),
                all(Operation.Correct.class).map(Operation.Correct::claim)).toList()));
        List<UUID> reaped = dead.isEmpty() ? List.of() : reap();
        boolean tenantLimits = lockSpending(limits, reaped);
        for (UUID id : reaped) {
            correct(claims.get(id), ClaimRow.AMBIGUOUS, null, null, null, null, new ArrayList<>());
        }
        for (Operation<?> op : ops) {
            if (op instanceof Operation.Claim claim) {
                claim.reply().answer = decide(claim);
            } else if (op instanceof Operation.End end) {
                end(end);
            } else if (op instanceof Operation.Correct correct) {
                correct(correct);
            }
        }
        Works.write(tx, works.values(), now);
        CachedAnswer.write(tx, reusable, now);
        changes.write(tx);
        Claims.retried(tx, reopened);
        spending.write(tx);
        Claims.generations(tx, all(Operation.Generation.class).map(op -> new Object[] {op.generationId(), op.claim()}).toList());
        all(Operation.Reuse.class).forEach(op -> figures.reused(op, day));
        List<String> released = all(Operation.Release.class).map(op -> op.work().hex()).toList();
        Works.release(tx, released, instances.id());
        ended.addAll(released);
        for (Operation<?> op : ops) {
            if (op instanceof Operation.Other<?> other) {
                other.run(tx, now);
            }
        }
        figures.write(tx, memory);
        new WorkLookup(tx, instances, now).answer(all(Operation.Begin.class).toList(), id -> memory.begun.contains(id) && !ended.contains(id), memory.rows::absent);
        return tenantLimits;
    }

    /** What holds from now on. */
    void committed() {
        memory.begun.removeAll(ended);
        all(Operation.Begin.class).filter(op -> op.undo() != null).forEach(op -> memory.begun.add(op.work().id().hex()));
        memory.spending.addAll(spending.ids());
        remember();
        instances.forget(dead);
    }

    private void remember() {
        works.values().stream().filter(row -> row.changed).forEach(memory.rows::written);
        memory.rows.over(ended);
        all(Operation.Claim.class).filter(op -> op.batch() == null && op.reply().answer instanceof ClaimAnswer.Reserved)
                .forEach(op -> memory.rows.made(ClaimRow.made(op.id(), op.request(), now, day)));
        all(Operation.End.class).map(Operation.End::claim).filter(Objects::nonNull).forEach(memory.rows::settled);
        all(Operation.Correct.class).map(Operation.Correct::claim).forEach(memory.rows::settled);
        memory.rows.committed(!dead.isEmpty() || !reopened.isEmpty() || all(Operation.Other.class).findAny().isPresent());
    }

    private List<UUID> reap() throws SQLException {
        List<UUID> ids = new ArrayList<>();
        for (ClaimRow row : Claims.lockOpenOf(tx, dead)) {
            claims.putIfAbsent(row.id(), row);
            ids.add(row.id());
        }
        instances.reaped(tx, dead);
        return ids;
    }

    /** Calls that are free from claim to settlement touch no budget. Returns whether a tenant's limit was met. */
    private boolean lockSpending(Limits limits, List<UUID> reaped) throws SQLException {
        List<ClaimRequest> asked = all(Operation.Claim.class).map(Operation.Claim::request).filter(request -> request.reservedUsd().signum() > 0).toList();
        List<CallFacts> over = Stream.concat(Stream.concat(
                all(Operation.End.class).filter(op -> op.claim() != null && paid(op.claim(), op.settlement().costUsd())).map(Operation.End::claim),
                all(Operation.Correct.class).filter(op -> paid(op.claim(), op.cost())).map(Operation.Correct::claim)),
                reaped.stream().filter(id -> paid(id, null))).map(id -> claims.get(id).facts()).toList();
        Set<Tracking.Tracked> kept = asked.isEmpty() && over.isEmpty() ? Set.of() : Tracking.kept(tx);
        if (!asked.isEmpty()) {
            Tracking.check(kept, limits);
        }
        if (kept.isEmpty()) {
            return false;
        }
        List<Limit> rows = Limits.stored(tx, Stream.concat(asked.stream().map(request -> request.work().tenant()), over.stream().map(CallFacts::tenant)).toList());
        Limits all = limits.under(rows);
        Tracking.check(kept, all);
        spending = Spending.lock(tx, kept, Stream.concat(asked.stream().map(this::keys), over.stream().map(this::keys)).flatMap(List::stream).toList(),
                day.substring(0, "2026-11".length()), all, memory.spending);
        return !rows.isEmpty();
    }

    private boolean paid(UUID claim, BigDecimal cost) {
        ClaimRow row = claims.get(claim);
        return row != null && row.cost() == null && (row.reserved().signum() > 0 || cost != null && cost.signum() > 0);
    }

    private List<BudgetKey> keys(ClaimRequest request) {
        return BudgetKey.of(request.work().pipeline(), request.work().tenant(), request.model(), request.work().job(), day, memory.keys);
    }

    private List<BudgetKey> keys(CallFacts call) {
        return BudgetKey.of(call.pipeline(), call.tenant(), call.model(), call.job(), call.day(), memory.keys);
    }

    private ClaimAnswer decide(Operation.Claim op) {
        ClaimRequest request = op.request();
        WorkRow row = works.computeIfAbsent(request.work().id().hex(), WorkRow::added);
        boolean others = row.owner != null && !row.owner.equals(instances.id()) && alive.contains(row.owner);
        if (row.open() ? others : !request.reopen()) {
            return new ClaimAnswer.Taken();
        }
        if (spending != Spending.NONE && request.reservedUsd().signum() > 0) {
            ClaimAnswer.Refused refused = spending.reserve(keys(request), request.reservedUsd());
            if (refused != null) {
                return refused;
            }
        }
        if (!row.open()) {
            reopened.add(row.id);
        }
        row.take(request.work(), instances.id());
        changes.make(op.id(), request, op.batch() == null ? instances.id() : Claims.OF_A_BATCH + op.batch(), now, day);
        return new ClaimAnswer.Reserved(op.id());
    }

    private void end(Operation.End op) {
        ClaimRow claim = op.claim() == null ? null : claims.get(op.claim());
        if (op.claim() != null && claim == null) {
            op.reply().refusal = new LedgerRejected("no such claim");
            return;
        }
        List<Crossing> crossings = new ArrayList<>();
        boolean applied = claim == null || claim.cost() == null;
        if (claim != null && applied) {
            book(claim, claim.facts().settled(op.settlement()), crossings);
            changes.settle(op.claim(), op.settlement(), now);
        } else if (claim != null && op.settlement().state() == Settlement.State.FAILED && claim.state().equals(ClaimRow.SUCCEEDED)) {
            // it was paid, and what was answered is not what was asked for
            correct(claim, ClaimRow.FAILED, null, null, op.settlement().reason(), KeptEvent.of(op.settlement()), crossings);
        }
        boolean stored = true;
        if (op.work() != null) {
            WorkRow row = works.computeIfAbsent(op.work().id().hex(), WorkRow::added);
            stored = row.open() || op.finish().reopen() || instances.id().equals(row.owner);
            if (stored) {
                row.finish(op.work(), op.finish(), storeText ? op.answerId() : null, instances.id());
                if (op.finish().question() != null && storeText) {
                    reusable.put(op.answerId(), op.finish());
                }
            }
            if (op.finish().checked()) {
                ended.add(row.id);
            }
        }
        op.reply().answer = new Settled(applied, stored, List.copyOf(crossings));
    }

    private void correct(Operation.Correct op) {
        ClaimRow claim = claims.get(op.claim());
        String before = claim == null ? "" : claim.state();
        boolean undecided = before.equals(ClaimRow.OPEN) || before.equals(ClaimRow.AMBIGUOUS);
        boolean fits = switch (op.state()) {
            case ClaimRow.VOID -> before.equals(ClaimRow.OPEN);
            case ClaimRow.RETRIED -> undecided || before.equals(ClaimRow.RESOLVED);
            default -> claim != null && claim.cost() == null;
        };
        List<Crossing> crossings = new ArrayList<>();
        if (fits) {
            boolean unknown = !undecided && !op.state().equals(ClaimRow.RETRIED); // a call that failed stays failed
            correct(claim, unknown ? before : op.state(), op.cost(), op.source(), null, op.event(), crossings);
        }
        op.reply().answer = new Settled(fits, true, List.copyOf(crossings));
    }

    private void correct(ClaimRow claim, String state, BigDecimal cost, String source, String reason, KeptEvent event, List<Crossing> crossings) {
        book(claim, claim.facts().corrected(state, cost, source, reason), crossings);
        changes.correct(claim.id(), state, cost, source, reason, event, now);
    }

    private void book(ClaimRow claim, CallFacts facts, List<Crossing> crossings) {
        ClaimRow after = claim.with(facts);
        claims.put(after.id(), after);
        figures.move(claim.facts(), facts);
        ClaimRow.Booking change = after.booking().less(claim.booking());
        if (spending != Spending.NONE && !change.nothing()) {
            spending.book(keys(facts), change, crossings);
        }
    }

    private <O> Stream<O> all(Class<O> kind) {
        return ops.stream().filter(kind::isInstance).map(kind::cast);
    }
}
