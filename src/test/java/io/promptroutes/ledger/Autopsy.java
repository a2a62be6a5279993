package io.promptroutes.ledger;

import static io.promptroutes.ledger.Prompts.answer;
import static io.promptroutes.ledger.Prompts.bytes;
import static io.promptroutes.ledger.Prompts.call;
import static io.promptroutes.ledger.Prompts.claimed;
import static io.promptroutes.ledger.Prompts.paid;
import static io.promptroutes.ledger.Prompts.work;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;

/** Looks at what is left of a ledger whose processes are dead: the next one must find all that was told, whole and once, and go on. */
final class Autopsy {

    private record Sums(long calls, long failures, long fallbacks, long latencyMs, long promptTokens, long completionTokens, BigDecimal cost, BigDecimal uncertain,
            String latencies) {

        static Sums of(CallSums sums) {
            return new Sums(sums.calls, sums.failures, sums.fallbacks, sums.latencyMs, sums.promptTokens, sums.completionTokens, sums.cost.stripTrailingZeros(),
                    sums.uncertain.stripTrailingZeros(), sums.latencies.toString());
        }
    }

    private record Call(UUID id, String work, String generationId, CallFacts facts) {
    }

    private final Ledger ledger;
    private final SqlSession tx;
    private final Told told;

    private Autopsy(Ledger ledger, SqlSession tx, Told told) {
        this.ledger = ledger;
        this.tx = tx;
        this.told = told;
    }

    /** @param migrating whether the tables are compared with those of this version first, which takes longer than all else */
    static void of(Path directory, Told told, boolean migrating) throws SQLException, IOException {
        try (Ledger ledger = migrating ? Ledger.open(TestLedgers.embedded(directory)) : unmigrated(directory); Connection connection = ledger.dataSource().getConnection();
                SqlSession tx = new SqlSession(SqlDialect.SQLITE, connection, false)) {
            new Autopsy(ledger, tx, told).look();
        }
    }

    private static Ledger unmigrated(Path directory) throws SQLException, IOException {
        SqliteFile file = new SqliteFile(directory);
        return Ledger.on(WatchedStatements.on(file, file.open(source -> { })), TestLedgers.embedded(directory));
    }

    private void look() throws SQLException {
        assertThat(tx.list("PRAGMA integrity_check", row -> row.getString(1))).containsExactly("ok");
        promptsAreKnown();
        Work next = work("after");
        ledger.settleAndFinish(claimed(ledger, call(next, "0.10")), paid("0.01"), next, answer("0.01")).join();
        Map<UUID, Call> calls = new HashMap<>();
        tx.list("SELECT * FROM claims", row -> calls.put(SqlSession.id(row, "claim_id"),
                new Call(SqlSession.id(row, "claim_id"), row.getString("work_id"), row.getString("generation_id"), CallFacts.of(row))));
        callsAreThere(calls);
        spendingIsTheirSum(calls);
        figuresAreTheirSum(calls);
    }

    private void promptsAreKnown() {
        Map<Work, CompletableFuture<KnownWork>> begun = new HashMap<>();
        told.ended.keySet().forEach(work -> begun.put(work, ledger.begin(work)));
        told.abandoned.forEach(work -> begun.put(work, ledger.begin(work)));
        told.ended.forEach((work, answered) -> assertThat(begun.get(work).join()).as("%s", work).isInstanceOfSatisfying(KnownWork.Ended.class, end -> {
            assertThat(end.answered()).isEqualTo(answered);
            assertThat(end.json()).isEqualTo(bytes(answered ? "{\"text\":\"hi\"}" : "{\"error\":{}}"));
        }));
        told.abandoned.forEach(work -> assertThat(begun.get(work).join()).as("%s", work).isInstanceOfSatisfying(KnownWork.Ambiguous.class,
                ambiguous -> assertThat(ambiguous.claims()).hasSize(1)));
    }

    private void callsAreThere(Map<UUID, Call> calls) {
        assertThat(calls.keySet()).containsAll(told.claims.keySet());
        told.claims.forEach((id, outcome) -> {
            CallFacts facts = calls.get(id).facts();
            if (!outcome.equals(Told.RUNS)) {
                assertThat(facts.state()).as("%s, told to be %s", facts, outcome).isNotIn(ClaimRow.OPEN, ClaimRow.AMBIGUOUS, ClaimRow.VOID);
            }
            if (Told.cost(outcome) != null) {
                assertThat(facts.cost()).as("%s", facts).isEqualByComparingTo(Told.cost(outcome));
            }
        });
        told.generations.forEach((id, generation) -> assertThat(calls.get(id).generationId()).isEqualTo(generation));
        assertThat(calls.values()).as("nothing runs").noneMatch(call -> call.facts().running());
        assertThat(calls.values().stream().filter(call -> call.facts().state().equals(ClaimRow.SUCCEEDED)).map(Call::work)).as("paid once").doesNotHaveDuplicates();
    }

    private void spendingIsTheirSum(Map<UUID, Call> calls) throws SQLException {
        Map<String, ClaimRow.Booking> expected = new HashMap<>();
        Map<List<String>, List<BudgetKey>> keys = new HashMap<>();
        for (Call call : calls.values()) {
            CallFacts facts = call.facts();
            ClaimRow.Booking booking = new ClaimRow(call.id(), facts).booking();
            BudgetKey.of(facts.pipeline(), facts.tenant(), facts.model(), facts.job(), facts.day(), keys)
                    .forEach(key -> expected.merge(key.id(), booking, ClaimRow.Booking::plus));
        }
        Map<String, ClaimRow.Booking> kept = new HashMap<>();
        tx.list("SELECT * FROM spending", row -> kept.put(row.getString("spending_id"),
                new ClaimRow.Booking(SqlSession.usd(row, "spent_usd"), SqlSession.usd(row, "held_usd"), SqlSession.usd(row, "reserved_usd"))));
        assertThat(plain(kept)).isEqualTo(plain(expected));
        assertThat(kept.values()).isNotEmpty().allSatisfy(row -> assertThat(row.reserved()).isZero());
    }

    private static Map<String, List<BigDecimal>> plain(Map<String, ClaimRow.Booking> rows) {
        Map<String, List<BigDecimal>> plain = new HashMap<>();
        rows.forEach((id, row) -> plain.put(id, List.of(row.spent().stripTrailingZeros(), row.held().stripTrailingZeros(), row.reserved().stripTrailingZeros())));
        return plain;
    }

    private void figuresAreTheirSum(Map<UUID, Call> calls) throws SQLException {
        Map<FigureKey, CallSums> expected = new HashMap<>();
        calls.values().stream().map(Call::facts).filter(facts -> !facts.state().equals(ClaimRow.VOID))
                .forEach(facts -> facts.keys().forEach(key -> facts.addTo(expected.computeIfAbsent(key, one -> new CallSums()), 1)));
        Map<FigureKey, CallSums> kept = new HashMap<>();
        tx.list("SELECT * FROM figures", row -> {
            FigureKey.Kind kind = FigureKey.Kind.valueOf(row.getString("kind").toUpperCase(Locale.ROOT));
            List<String> names = new ArrayList<>();
            for (String column : List.of("pipeline", "provider", "tenant", "task", "model", "served_model", "tier", "cost_source")) {
                names.add(row.getString(column));
            }
            FigureKey key = kind != FigureKey.Kind.CALLS ? FigureKey.named(kind, row.getString("figure_day"), row.getString("name"))
                    : new FigureKey(kind, row.getString("figure_day"), null, new FigureKey.Calls(names.get(0), names.get(1), names.get(2), names.get(3), names.get(4),
                            names.get(5), names.get(6), names.get(7)));
            kept.computeIfAbsent(key, one -> new CallSums()).add(row);
            return key;
        });
        assertThat(kept.values().stream().mapToLong(sums -> sums.reused).sum()).as("by pipeline to source, by job, by reason").isGreaterThanOrEqualTo(3 * told.reused.get());
        assertThat(sums(kept)).isEqualTo(sums(expected));
    }

    /** Of those in which any call counts. */
    private static Map<FigureKey, Sums> sums(Map<FigureKey, CallSums> rows) {
        Map<FigureKey, Sums> sums = new HashMap<>();
        rows.forEach((key, row) -> sums.put(key, Sums.of(row)));
        sums.values().removeIf(row -> row.equals(Sums.of(new CallSums())));
        return sums;
    }
}
